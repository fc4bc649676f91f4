import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AuthorisationError, type Fetch, type PlatformResponse } from '../../../destinations/contract.ts';
import { authoriseFor } from '../../../destinations/google/authorise.ts';
import { byOAuthError } from '../../../destinations/google/oauth-errors.ts';
import { googleAds } from '../../../destinations/google-ads/google-ads.ts';
import { googleDataManager } from '../../../destinations/google-data-manager/google-data-manager.ts';
import { answer } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const authorise = authoriseFor('https://www.googleapis.com/auth/datamanager');
const NOW_MS = 1_795_168_800_000;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyFile = (private_key = privateKey.export({ type: 'pkcs8', format: 'pem' })) => JSON.stringify({ client_email: 'a@b.iam.gserviceaccount.com', private_key, private_key_id: 'k1' });
const oauth = () => settingsOf('google-data-manager') as never;
const service = (key = keyFile()) => settingsOf('google-data-manager', { clientId: '', clientSecret: '', refreshToken: '', serviceAccountKey: key }) as never;

const fetched = (response: PlatformResponse) => {
  const calls: { url: string; init: Parameters<Fetch>[1] }[] = [];
  const http: Fetch = async (url, init) => {
    calls.push({ url, init });
    return response;
  };
  return { http, calls };
};
const ok = answer({ access_token: 'ya29.fresh', expires_in: 3599, token_type: 'Bearer' }, 200, { 'content-type': 'application/json' });
const refused = (error: string, status = 400) => answer({ error, error_description: 'words' }, status, { 'content-type': 'application/json' });

const outcomeOf = async (settings: never, response: PlatformResponse) => {
  const { http, calls } = fetched(response);
  const thrown = await authorise(settings, http, NOW_MS).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(AuthorisationError);
  expect(calls).toHaveLength(1);
  return (thrown as AuthorisationError).outcome;
};

describe('an access token of Google', () => {
  it('comes for a refresh token, through the fetch that was given, and ends when Google says', async () => {
    const { http, calls } = fetched(ok);
    expect(await authorise(oauth(), http, NOW_MS)).toEqual({ token: 'ya29.fresh', expiresAtMs: NOW_MS + 3_599_000 });
    expect(calls).toHaveLength(1);
    expect(calls[0]?.url).toBe('https://oauth2.googleapis.com/token');
    expect(calls[0]?.init).toMatchObject({ method: 'POST', headers: { 'content-type': expect.stringContaining('application/x-www-form-urlencoded') } });
    expect(Object.fromEntries(new URLSearchParams(calls[0]?.init?.body))).toEqual({
      refresh_token: 'refresh',
      client_id: 'client',
      client_secret: 'secret',
      grant_type: 'refresh_token',
    });
  });
  it("comes for a service account's signed assertion, through the same fetch", async () => {
    const { http, calls } = fetched(ok);
    expect(await authorise(service(), http, NOW_MS)).toEqual({ token: 'ya29.fresh', expiresAtMs: NOW_MS + 3_599_000 });
    const form = new URLSearchParams(calls[0]?.init?.body);
    expect(calls[0]?.url).toBe('https://oauth2.googleapis.com/token');
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const claims = JSON.parse(Buffer.from(form.get('assertion')?.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ iss: 'a@b.iam.gserviceaccount.com', scope: 'https://www.googleapis.com/auth/datamanager', aud: 'https://oauth2.googleapis.com/token' });
  });
  it.each([
    [googleAds, 'https://www.googleapis.com/auth/adwords'],
    [googleDataManager, 'https://www.googleapis.com/auth/datamanager'],
  ])('is asked for with the scope of its own API', async (platform, scope) => {
    const { http, calls } = fetched(ok);
    await platform.authorise?.(service(), http, NOW_MS);
    const assertion = new URLSearchParams(calls[0]?.init?.body).get('assertion');
    expect(JSON.parse(Buffer.from(assertion?.split('.')[1] ?? '', 'base64url').toString()).scope).toBe(scope);
  });
  it.each(Object.entries(byOAuthError).map(([code, { kind }]) => [code, kind]))('%s is %s, and asked once', async (code, kind) => {
    expect(await outcomeOf(oauth(), refused(code))).toMatchObject({ kind, code, message: expect.stringContaining('words') });
    expect(await outcomeOf(service(), refused(code))).toMatchObject({ kind, code });
  });
  it('an ended grant pauses the destination: no fresh token will help', async () => {
    expect(await outcomeOf(oauth(), refused('invalid_grant'))).toMatchObject({ kind: 'unauthorised', refreshable: false });
  });
  it.each([
    [503, 'unavailable', 'retry'],
    [429, '', 'retry'],
    [502, '<html></html>', 'retry'],
    [200, '{}', 'retry'],
  ])('HTTP %i with "%s" is %s, left to the deliverer', async (status, body, kind) => {
    expect(await outcomeOf(oauth(), answer(body, status, { 'content-type': 'application/json' }))).toMatchObject({ kind });
  });
  it('a failed fetch is thrown on as it was', async () => {
    const failure = new Error('socket hang up');
    for (const settings of [oauth(), service()]) await expect(authorise(settings, () => Promise.reject(failure), NOW_MS)).rejects.toBe(failure);
  });
  it('a key that cannot sign is a matter of settings', async () => {
    const thrown = await authorise(service(keyFile('-----BEGIN PRIVATE KEY-----\nnope\n-----END PRIVATE KEY-----')), fetched(ok).http, NOW_MS).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ outcome: { kind: 'misconfigured', code: 'private_key' } });
  });
});
