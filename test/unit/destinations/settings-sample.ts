import type { z } from 'zod';
import { destinationByPlatform } from '../../../destinations/catalog.ts';

export const rawSettings: Record<string, Record<string, unknown>> = {
  meta: { pixelId: '1234567890', accessToken: 'EAAtoken' },
  'google-ads': {
    customerId: '123-456-7890',
    conversionActions: 'Lead=111, Purchase=222',
    developerToken: 'dev-token',
    clientId: 'client',
    clientSecret: 'secret',
    refreshToken: 'refresh',
  },
  'google-data-manager': {
    operatingAccountId: '123-456-7890',
    conversionActions: 'Lead=111, Purchase=222',
    clientId: 'client',
    clientSecret: 'secret',
    refreshToken: 'refresh',
  },
  snapchat: { pixelId: '1ec32188-754e-4be2-8e55-c949a984a39f', accessToken: 'snap.token' },
  pinterest: { adAccountId: '549755885175', accessToken: 'pina_token' },
  reddit: { pixelId: 'a2_abc123', accessToken: 'reddit-token' },
  taboola: {},
  outbrain: {},
  webhook: { url: 'https://tracker.example/postback?subid={click_id}&payout={payout}&status={status}&tid={txid}', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  tiktok: { pixelCode: 'C4A1B2C3D4E5F6G7H8I9', accessToken: 'tt-token' },
  ga4: { measurementId: 'G-AB12CD34EF', apiSecret: 'ga-secret' },
  microsoft: { tagId: '187012345', accessToken: 'uet-token' },
  'microsoft-offline': {
    customerId: '251234',
    customerAccountId: '151234567',
    developerToken: 'dev-token',
    clientId: 'client',
    clientSecret: 'secret',
    refreshToken: 'refresh',
    conversionNames: 'Lead=Affiliate lead, Purchase=Affiliate sale',
  },
  x: { pixelId: 'o8z6j', pixelToken: 'x-token', eventIds: 'Purchase=o87ne' },
  linkedin: { conversionId: '104012', accessToken: 'li-token' },
  openai: { pixelId: 'RrQuX1y2z3A4b5C6d7E8f9', apiKey: 'sk-svcacct-key' },
};

/** For a platform that has no row above: a word for each of its settings. */
const wordForEach = ({ shape }: z.ZodObject): Record<string, unknown> => Object.fromEntries(Object.keys(shape).map((name) => [name, 'sample']));

/** Settings as they come out of the schema, with changes to what went in. */
export const settingsOf = (platform: string, changes: Record<string, unknown> = {}) => {
  const settings = destinationByPlatform(platform)?.settings as z.ZodObject | undefined;
  return settings?.parse({ ...(rawSettings[platform] ?? wordForEach(settings)), ...changes });
};
