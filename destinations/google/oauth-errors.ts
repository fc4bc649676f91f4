import { rowOf } from '../row.ts';
import type { Outcome, PlatformResponse } from '../contract.ts';
import { asText } from '../json-body.ts';
import { misconfigured, retry, toOutcome, unauthorised, type Verdict } from '../verdict.ts';

/** Google's OAuth token endpoint (Google Identity: "Refreshing an access token", RFC 6749 5.2). */
export const byOAuthError: Record<string, Verdict> = {
  invalid_grant: unauthorised('Google no longer takes the refresh token or the key: connect the account again'),
  invalid_client: misconfigured('the OAuth client id or secret is wrong'),
  deleted_client: misconfigured('the OAuth client was deleted'),
  unauthorized_client: misconfigured('the OAuth client may not use this refresh token'),
  invalid_scope: misconfigured('the scope of this API was not granted'),
  access_denied: misconfigured('the account refuses access'),
  admin_policy_enforced: misconfigured('the Google Workspace administrator forbids this access'),
  org_internal: misconfigured('the OAuth client is for its own organisation only'),
  invalid_request: misconfigured('Google cannot read the token request'),
  internal_failure: retry('Google failed inside'),
  server_error: retry('Google failed inside'),
  temporarily_unavailable: retry('Google is unavailable'),
};

/** What an answer of the token endpoint means, whose `error` is a word; null for any other answer. */
export const outcomeOfOAuth = (body: Record<string, unknown>, { headers }: Pick<PlatformResponse, 'headers'>): Outcome | null => {
  const code = asText(body['error']);
  const verdict = rowOf(byOAuthError, code);
  return code !== null && verdict ? toOutcome(verdict, { code, said: asText(body['error_description']) }, headers) : null;
};
