import { describe, expect, it } from 'vitest';
import { AuthorisationError, type Fetch } from '../../../destinations/contract.ts';
import { authorise, byOAuthError } from '../../../destinations/linkedin/authorise.ts';
import { answer } from './sample.ts';
import { settingsOf } from './settings-sample.ts';

const NOW_MS = 1_795_168_800_000;
const renewing = () => settingsOf('linkedin', { clientId: 'client', clientSecret: 'secret', refreshToken: 'refresh' }) as never;
const fetched = (body: unknown, status = 200) => {
  const calls: { url: string; init: Parameters<Fetch>[1] }[] = [];
  const http: Fetch = async (url, init) => {
    calls.push({ url, init });
    return answer(body, status);
  };
  return { http, calls };
};

describe('an access token of LinkedIn', () => {
  it('is the one in the settings, and nothing is asked, where there is no refresh token', async () => {
    const { http, calls } = fetched({});
    expect(await authorise(settingsOf('linkedin') as never, http, NOW_MS)).toMatchObject({ token: 'li-token' });
    expect(calls).toEqual([]);
  });
  it('comes for the refresh token, and the next refresh token with it', async () => {
    const { http, calls } = fetched({ access_token: 'fresh', expires_in: 5_184_000, refresh_token: 'next' });
    expect(await authorise(renewing(), http, NOW_MS)).toEqual({ token: 'fresh', expiresAtMs: NOW_MS + 5_184_000_000, renewed: { refreshToken: 'next' } });
    expect(calls[0]).toMatchObject({ url: 'https://www.linkedin.com/oauth/v2/accessToken', init: { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } } });
    expect(Object.fromEntries(new URLSearchParams(calls[0]?.init?.body))).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh', client_id: 'client', client_secret: 'secret' });
  });
  it('renews nothing where the refresh token stays the same', async () => {
    expect(await authorise(renewing(), fetched({ access_token: 'fresh', expires_in: 1, refresh_token: 'refresh' }).http, NOW_MS)).not.toHaveProperty('renewed');
  });
  const outcomeOf = async (body: unknown, status: number) => {
    const thrown = await authorise(renewing(), fetched(body, status).http, NOW_MS).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(AuthorisationError);
    return (thrown as AuthorisationError).outcome;
  };
  it.each(Object.entries(byOAuthError).map(([code, { kind }]) => [code, kind]))('%s is %s', async (code, kind) => {
    expect(await outcomeOf({ error: code, error_description: 'words' }, 400)).toMatchObject({ kind, code, message: expect.stringContaining('words') });
  });
  it.each([['', 503, 'retry'], ['<html>', 200, 'retry'], [{}, 429, 'retry'], [{ error: 'new' }, 401, 'unauthorised']])('%j with HTTP %i is %s', async (body, status, kind) => {
    expect(await outcomeOf(body, status)).toMatchObject({ kind });
  });
});
