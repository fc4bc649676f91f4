import { describe, expect, it } from 'vitest';
import { AuthorisationError, type Fetch, type PlatformResponse } from '../../../destinations/contract.ts';
import { authorise } from '../../../destinations/microsoft-offline/authorise.ts';
import { byOAuthError } from '../../../destinations/microsoft-offline/errors.ts';
import { answer } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const NOW_MS = 1_795_168_800_000;
const settings = (changes = {}) => settingsOf('microsoft-offline', changes) as never;

const fetched = (response: PlatformResponse) => {
  const calls: { url: string; init: Parameters<Fetch>[1] }[] = [];
  const http: Fetch = async (url, init) => {
    calls.push({ url, init });
    return response;
  };
  return { http, calls };
};
const granted = (more = {}) => answer({ token_type: 'Bearer', access_token: 'EwB-fresh', expires_in: 3599, ...more });
const outcomeOf = async (response: PlatformResponse) => {
  const { http, calls } = fetched(response);
  const thrown = await authorise(settings(), http, NOW_MS).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(AuthorisationError);
  expect(calls).toHaveLength(1);
  return (thrown as AuthorisationError).outcome;
};

describe('an access token of Microsoft', () => {
  it('comes for the refresh token, and ends when Microsoft says', async () => {
    const { http, calls } = fetched(granted());
    expect(await authorise(settings(), http, NOW_MS)).toEqual({ token: 'EwB-fresh', expiresAtMs: NOW_MS + 3_599_000 });
    expect(calls[0]?.url).toBe('https://login.microsoftonline.com/common/oauth2/v2.0/token');
    expect(calls[0]?.init).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect(Object.fromEntries(new URLSearchParams(calls[0]?.init?.body))).toEqual({
      client_id: 'client',
      client_secret: 'secret',
      grant_type: 'refresh_token',
      refresh_token: 'refresh',
      scope: 'https://ads.microsoft.com/msads.manage offline_access',
    });
  });
  it('renews the refresh token where Microsoft gave another one', async () => {
    expect(await authorise(settings(), fetched(granted({ refresh_token: 'M.C5-new' })).http, NOW_MS)).toMatchObject({ renewed: { refreshToken: 'M.C5-new' } });
    expect(await authorise(settings(), fetched(granted({ refresh_token: 'refresh' })).http, NOW_MS)).not.toHaveProperty('renewed');
  });
  it('lives an hour where Microsoft does not say how long', async () => {
    expect(await authorise(settings(), fetched(granted({ expires_in: undefined })).http, NOW_MS)).toMatchObject({ expiresAtMs: NOW_MS + 3_600_000 });
  });
  it('of a desktop application comes without a secret', async () => {
    const { http, calls } = fetched(granted());
    await authorise(settings({ clientSecret: '' }), http, NOW_MS);
    expect(calls[0]?.init?.body).not.toContain('client_secret');
  });
  it('is asked for with secrets in the form in which they are looked for in records', async () => {
    const { http, calls } = fetched(granted());
    const refreshToken = "M.C5*a!b'(c)~d/e+f";
    await authorise(settings({ refreshToken }), http, NOW_MS);
    expect(calls[0]?.init?.body).toContain(`refresh_token=${encodeURIComponent(refreshToken)}`);
  });
  it.each(Object.entries(byOAuthError).map(([code, { kind }]) => [code, kind]))('%s is %s, in the words of Microsoft', async (code, kind) => {
    expect(await outcomeOf(answer({ error: code, error_description: 'AADSTS1' }, 400))).toMatchObject({ kind, code, message: expect.stringContaining('AADSTS1') });
  });
  it.each(['toString', 'constructor'])('a code of "%s" goes by the HTTP status', async (code) => {
    expect(await outcomeOf(answer({ error: code }, 503))).toMatchObject({ kind: 'retry', code });
  });
  it('an ended grant pauses the destination: no fresh token will help', async () => {
    expect(await outcomeOf(answer({ error: 'invalid_grant' }, 400))).toMatchObject({ kind: 'unauthorised', refreshable: false });
  });
  it.each([
    [503, '{}', 'retry'],
    [429, 'slow down', 'retry'],
    [200, '<html></html>', 'retry'],
    [200, '{}', 'retry'],
  ])('HTTP %i with %s is %s', async (status, body, kind) => {
    expect(await outcomeOf(answer(body, status))).toMatchObject({ kind });
  });
  it('a failed fetch is thrown on as it was', async () => {
    const failure = new Error('socket hang up');
    await expect(authorise(settings(), () => Promise.reject(failure), NOW_MS)).rejects.toBe(failure);
  });
});
