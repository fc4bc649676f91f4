/** Valid requests to each platform, for tests to bend. */
import { createHash } from 'node:crypto';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
export const emptyHash = sha256('');
export const seconds = (agoMs = 0): number => Math.floor((Date.now() - agoMs) / 1000);
export const DAY = 86_400_000;

export interface Reply { status: number; body: any; headers: Headers }
type Changes = Record<string, unknown>;

export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const form = body instanceof URLSearchParams;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json', ...headers },
    body: form ? body : typeof body === 'string' ? body : JSON.stringify(body),
  });
  return reply(response);
}

export const get = async (url: string, headers: Record<string, string> = {}): Promise<Reply> => reply(await fetch(url, { headers }));

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers };
}

export const metaEvent = (changes: Changes = {}): Changes => ({
  event_name: 'Purchase', event_time: seconds(60_000), event_id: 'order-1', action_source: 'system_generated',
  user_data: { em: sha256('jane@example.com'), client_ip_address: '203.0.113.7', fbc: `fb.1.${Date.now() - DAY}.IwAR2xAbC-dEf_1` },
  custom_data: { value: 12.5, currency: 'EUR', order_id: 'order-1' },
  ...changes,
});

export const sendMeta = (origin: string, events: Changes[], root: Changes = {}, path = 'v26.0/1234567890123456/events'): Promise<Reply> =>
  post(`${origin}/graph.facebook.com/${path}`, { data: events, access_token: 'sandbox-meta-token', ...root });

export const tiktokEvent = (changes: Changes = {}): Changes => ({
  event: 'Purchase', event_time: seconds(60_000), event_id: 'order-1',
  user: { email: sha256('jane@example.com'), ttclid: 'E.C.P.abc', ip: '203.0.113.7', user_agent: 'Mozilla/5.0' },
  properties: { value: 12.5, currency: 'EUR', order_id: 'order-1', contents: [{ content_id: '7', quantity: 1, price: 12.5 }], content_type: 'product' },
  ...changes,
});

export const sendTiktok = (origin: string, events: Changes[], root: Changes = {}, headers: Record<string, string> = { 'access-token': 'sandbox-tiktok-token' }): Promise<Reply> =>
  post(`${origin}/business-api.tiktok.com/open_api/v1.3/event/track/`, { event_source: 'web', event_source_id: 'CSANDBOX0000000000TT', data: events, ...root }, headers);

export const refreshForm = (changes: Record<string, string> = {}): URLSearchParams => new URLSearchParams({
  grant_type: 'refresh_token', client_id: 'sandbox-client', client_secret: 'sandbox-secret', refresh_token: 'sandbox-refresh-token', ...changes,
});
export const tokenUrl = (origin: string): string => `${origin}/oauth2.googleapis.com/token`;

export async function googleToken(origin: string): Promise<string> {
  return (await post(tokenUrl(origin), refreshForm())).body.access_token;
}

export const googleEvent = (changes: Changes = {}): Changes => ({
  transactionId: 'order-1', eventTimestamp: new Date(Date.now() - 60_000).toISOString(), eventSource: 'WEB', currency: 'EUR', conversionValue: 12.5,
  adIdentifiers: { gclid: 'CjwKCAjw-sandbox_1' }, ...changes,
});

export const googleDestination = (changes: Changes = {}): Changes => ({
  operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '1234567890' }, productDestinationId: '222', ...changes,
});

export async function sendGoogle(origin: string, events: Changes[], root: Changes = {}, token?: string): Promise<Reply> {
  const bearer = token ?? (await googleToken(origin));
  return post(`${origin}/datamanager.googleapis.com/v1/events:ingest`, { destinations: [googleDestination()], events, ...root }, { authorization: `Bearer ${bearer}` });
}

export const googleStatus = async (origin: string, requestId: string): Promise<Reply> =>
  get(`${origin}/datamanager.googleapis.com/v1/requestStatus:retrieve?requestId=${requestId}`, { authorization: `Bearer ${await googleToken(origin)}` });
