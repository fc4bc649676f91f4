import { JWT, OAuth2Client, type OAuth2ClientOptions } from 'google-auth-library';
import { type AccessToken, AuthorisationError, type Fetch, type PlatformResponse } from '../contract.ts';
import { asText, parseObject } from '../json-body.ts';
import { misconfigured, outcomeOfNonJson, toOutcome, verdictOfStatus } from '../verdict.ts';
import { outcomeOfOAuth } from './oauth-errors.ts';
import { type OAuthSettings, readServiceAccount } from './oauth-settings.ts';

/** Google's access tokens live an hour; used where an answer does not say so. */
const LIFETIME_SECONDS = 3600;

/**
 * Gets a fresh access token for one scope, from the refresh token or the service account's key. The library makes and signs the request; the
 * request itself goes through the deliverer's fetch, and retrying is the deliverer's too. An answer that refuses the
 * credentials is thrown as AuthorisationError; what the fetch throws is thrown on.
 */
export const authoriseFor = (scope: string) => async (settings: OAuthSettings, http: Fetch, nowMs: number): Promise<AccessToken> => {
  let answer: PlatformResponse | undefined;
  const client = clientFor(scope, settings, async (url, init) => (answer = await http(url, init)));
  try {
    const { token } = await client.getAccessToken();
    const seconds = Number(asText(parseObject(answer?.body ?? '')?.['expires_in']) ?? LIFETIME_SECONDS);
    if (token) return { token, expiresAtMs: nowMs + seconds * 1000 };
  } catch (error) {
    if (!answer) throw unanswered(error);
  }
  throw new AuthorisationError(outcomeOf(answer));
};

const clientFor = (scope: string, settings: OAuthSettings, http: Fetch): OAuth2Client => {
  const options = through(http);
  const account = settings.serviceAccountKey && readServiceAccount(settings.serviceAccountKey);
  if (account) return new JWT({ ...options, email: account.client_email, key: account.private_key, keyId: account.private_key_id, scopes: [scope] });
  const client = new OAuth2Client({ ...options, clientId: settings.clientId, clientSecret: settings.clientSecret });
  client.setCredentials({ refresh_token: settings.refreshToken ?? null });
  return client;
};

const through = (http: Fetch): OAuth2ClientOptions => ({
  transporterOptions: {
    retryConfig: { retry: 0 },
    fetchImplementation: async (input, init) => {
      const response = await http(String(input), {
        method: init?.method ?? 'GET',
        // The library leaves the type of the form to fetch, which ours does not know.
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...Object.fromEntries(new Headers(init?.headers)) },
        ...(init?.body != null && { body: String(init.body) }),
      });
      return new Response(response.body || null, { status: response.status, headers: response.headers });
    },
  },
});

/** Nothing was answered: the fetch failed (the library wraps its error), or the key cannot sign. */
const unanswered = (error: unknown): unknown => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const isSigning = /DECODER|PEM|asn1|private key/i.test(`${(cause as { code?: string }).code ?? ''} ${String(cause)}`);
  if (!isSigning) return cause;
  return new AuthorisationError(toOutcome(misconfigured('the private key of the service account cannot be read'), { code: 'private_key', said: null }, {}));
};

const outcomeOf = (answer: PlatformResponse | undefined) => {
  if (!answer) return toOutcome(verdictOfStatus(0), { code: 'no_token', said: null }, {});
  const body = parseObject(answer.body);
  if (!body) return outcomeOfNonJson(answer);
  const unknown = { code: asText(body['error']) ?? `http_${answer.status}`, said: asText(body['error_description']) };
  return outcomeOfOAuth(body, answer) ?? toOutcome(verdictOfStatus(answer.status), unknown, answer.headers);
};
