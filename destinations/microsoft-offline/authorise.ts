import { rowOf } from '../row.ts';
import { type AccessToken, AuthorisationError, type Fetch, type Outcome, type PlatformResponse } from '../contract.ts';
import { asText, parseObject } from '../json-body.ts';
import { outcomeOfNonJson, toOutcome, verdictOfStatus } from '../verdict.ts';
import { byOAuthError } from './errors.ts';
import type { MicrosoftOfflineSettings } from './settings.ts';

/** Personal and work accounts alike. */
const TOKEN_URL = 'https://login.microsoftonline.com/common/oauth2/v2.0/token';
const SCOPE = 'https://ads.microsoft.com/msads.manage offline_access';
/** Microsoft's access tokens live about an hour; used where an answer does not say so. */
const LIFETIME_SECONDS = 3600;

/**
 * A fresh access token for the refresh token (Bing Ads API: "Get access and refresh tokens"). Each answer brings a new refresh
 * token, which takes the place of the old one: old ones end.
 */
export const authorise = async (settings: MicrosoftOfflineSettings, http: Fetch, nowMs: number): Promise<AccessToken> => {
  const { clientId, clientSecret, refreshToken } = settings;
  const response = await http(TOKEN_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: formOf({ client_id: clientId, client_secret: clientSecret, grant_type: 'refresh_token', refresh_token: refreshToken, scope: SCOPE }),
  });
  const body = response.status < 300 ? parseObject(response.body) : null;
  const token = asText(body?.['access_token']);
  if (!token) throw new AuthorisationError(outcomeOf(response));
  const seconds = Number(body?.['expires_in'] ?? LIFETIME_SECONDS);
  const renewed = asText(body?.['refresh_token']);
  return {
    token,
    expiresAtMs: nowMs + (Number.isFinite(seconds) ? seconds : LIFETIME_SECONDS) * 1000,
    ...(renewed && renewed !== refreshToken && { renewed: { refreshToken: renewed } }),
  };
};

/** Encoded the one way in which secrets are looked for before anything is recorded. */
const formOf = (fields: Record<string, string | undefined>): string =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`])).join('&');

const outcomeOf = (response: PlatformResponse): Outcome => {
  const body = parseObject(response.body);
  if (!body) return outcomeOfNonJson(response);
  const code = asText(body['error']) ?? `http_${response.status}`;
  return toOutcome(rowOf(byOAuthError, code) ?? verdictOfStatus(response.status), { code, said: asText(body['error_description']) }, response.headers);
};
