/** A destination at each sandbox platform, as `tributary destination add` takes it: for the demo, and for tests of the whole engine. */

export interface SandboxDestination {
  name: string;
  platform: string;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
}

const google = { clientId: 'sandbox-client' };
const googleSecrets = { clientSecret: 'sandbox-secret', refreshToken: 'sandbox-refresh-token' };

export const sandboxDestinations: readonly SandboxDestination[] = [
  { name: 'Main pixel', platform: 'meta', settings: { pixelId: '1234567890123456' }, secrets: { accessToken: 'sandbox-meta-token' } },
  { name: 'Search campaign', platform: 'google-data-manager', settings: { operatingAccountId: '1234567890', conversionActions: 'Lead=111,Purchase=222', ...google }, secrets: googleSecrets },
  { name: 'Video campaign', platform: 'tiktok', settings: { pixelCode: 'CSANDBOX0000000000TT' }, secrets: { accessToken: 'sandbox-tiktok-token' } },
  {
    name: 'Search campaign, Ads API', platform: 'google-ads',
    settings: { customerId: '1234567890', conversionActions: 'Lead=111,Purchase=222', ...google }, secrets: { ...googleSecrets, developerToken: 'sandbox-developer-token' },
  },
  { name: 'Analytics', platform: 'ga4', settings: { measurementId: 'G-SANDBOX001' }, secrets: { apiSecret: 'sandbox-ga4-secret' } },
  { name: 'Bing tag', platform: 'microsoft', settings: { tagId: '97000001' }, secrets: { accessToken: 'sandbox-uet-token' } },
  {
    name: 'Bing offline', platform: 'microsoft-offline',
    settings: { customerId: '3000001', customerAccountId: '2000001', clientId: 'sandbox-microsoft-client', conversionNames: 'Lead=Lead,Purchase=Purchase' },
    secrets: { developerToken: 'sandbox-microsoft-developer-token', clientSecret: 'sandbox-microsoft-secret', refreshToken: 'sandbox-microsoft-refresh-token' },
  },
  { name: 'Snap pixel', platform: 'snapchat', settings: { pixelId: '5a4dbc00-0000-4000-8000-00005a4d0001' }, secrets: { accessToken: 'sandbox-snapchat-token' } },
  { name: 'Pinterest', platform: 'pinterest', settings: { adAccountId: '549755885175' }, secrets: { accessToken: 'sandbox-pinterest-token' } },
  { name: 'Reddit', platform: 'reddit', settings: { pixelId: 'a2_sandbox' }, secrets: { accessToken: 'sandbox-reddit-token' } },
  { name: 'X', platform: 'x', settings: { pixelId: 'osand', eventIds: 'Lead=olead,Purchase=osale' }, secrets: { pixelToken: 'sandbox-x-pixel-token' } },
  { name: 'LinkedIn', platform: 'linkedin', settings: { conversions: 'Lead=104012,Purchase=104013' }, secrets: { accessToken: 'sandbox-linkedin-token' } },
  { name: 'Taboola', platform: 'taboola', settings: {}, secrets: {} },
  { name: 'Outbrain', platform: 'outbrain', settings: {}, secrets: {} },
  { name: 'OpenAI', platform: 'openai', settings: { pixelId: 'SandboxOpenAIPixel0001' }, secrets: { apiKey: 'sk-svcacct-sandbox-openai' } },
  {
    name: 'Own server', platform: 'webhook', settings: { url: 'https://receiver.example/hook', method: 'POST json', corrections: true },
    secrets: { secret: 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0wMQ==' },
  },
  { name: 'Keitaro', platform: 'webhook', settings: { url: 'https://tracker.example/postback', tracker: 'keitaro' }, secrets: {} },
];

/** The three that the story of the demo tells of column by column. */
export const MAIN_PLATFORMS: readonly string[] = ['meta', 'google-data-manager', 'tiktok'];
