import { type AccessToken, AuthorisationError, type Fetch, type Outcome, type PlatformResponse } from '../contract.ts';
import { DAY } from '../durations.ts';
import { asText, parseObject } from '../json-body.ts';
import { misconfigured, outcomeOfNonJson, toOutcome, unauthorised, type Verdict, verdictOfStatus } from '../verdict.ts';
import type { LinkedinSettings } from './settings.ts';

const TOKEN_URL = 'https://www.linkedin.com/oauth/v2/accessToken';

/** RFC 6749 5.2, as LinkedIn uses it. */
export const byOAuthError: Record<string, Verdict> = {
  invalid_grant: unauthorised('the refresh token was revoked or has run out'),
  invalid_request: unauthorised('the refresh token was refused'),
  invalid_client: misconfigured('the client id or the client secret is wrong'),
  invalid_client_id: misconfigured('there is no such client id'),
  unauthorized_client: misconfigured('the app may not use refresh tokens'),
};

/**
 * A fresh access token for the refresh token (LinkedIn: "Programmatic refresh tokens"), and the refresh token that replaces
 * it, where LinkedIn sends one. Without a refresh token the one access token is all there is.
 */
export const authorise = async (settings: LinkedinSettings, http: Fetch, nowMs: number): Promise<AccessToken> => {
  const { refreshToken, clientId, clientSecret, accessToken } = settings;
  if (!refreshToken || !clientId || !clientSecret) return { token: accessToken, expiresAtMs: nowMs + DAY };
  const answer = await http(TOKEN_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: String(new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret })),
  });
  const body = parseObject(answer.body);
  const token = asText(body?.['access_token']);
  if (answer.status >= 300 || !token) throw new AuthorisationError(outcomeOf(answer, body));
  const next = asText(body?.['refresh_token']);
  return {
    token,
    expiresAtMs: nowMs + Number(body?.['expires_in'] ?? 3600) * 1000,
    ...(next && next !== refreshToken && { renewed: { refreshToken: next } }),
  };
};

const outcomeOf = (answer: PlatformResponse, body: Record<string, unknown> | null): Outcome => {
  if (!body) return outcomeOfNonJson(answer);
  const code = asText(body['error']) ?? `http_${answer.status}`;
  return toOutcome(byOAuthError[code] ?? verdictOfStatus(answer.status), { code, said: asText(body['error_description']) }, answer.headers);
};
