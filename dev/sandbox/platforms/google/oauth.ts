/** Google's token endpoint: refresh tokens and service account assertions for access tokens that expire. */
import { verify } from 'node:crypto';
import type { Answer, Platform } from '../../contract.ts';
import { isObject, isText, minute, parseJson } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { World } from '../../world.ts';
import { newId } from '../../world.ts';

/** What each API asks of a token. */
const scopes = {
  'google-data-manager': 'https://www.googleapis.com/auth/datamanager',
  'google-ads': 'https://www.googleapis.com/auth/adwords',
};
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const audiences = ['https://oauth2.googleapis.com/token', 'https://www.googleapis.com/oauth2/v4/token'];

interface Token { expiresAtMs: number; scopes: string[] }
const tokensOf = (world: World) => world.memory<Token>('google access tokens');

/** Who sent a call of this API. `refusal` is the reason to refuse it; `account` is set where the token is good for one account alone. */
export function tokenOf(authorization: string | undefined, api: keyof typeof scopes, world: World): { refusal: string | null; account: string | null } {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (!token) return { refusal: 'CREDENTIALS_MISSING', account: null };
  const owner = world.accounts(api).find((account) => account.tokens.includes(token));
  if (owner) return { refusal: null, account: owner.account };
  const issued = tokensOf(world).get(token);
  if (!issued) return { refusal: 'UNAUTHENTICATED', account: null };
  if (world.now() >= issued.expiresAtMs) return { refusal: 'ACCESS_TOKEN_EXPIRED', account: null };
  return { refusal: issued.scopes.includes(scopes[api]) ? null : 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', account: null };
}

export const googleOauth: Platform = {
  name: 'google-oauth',
  hosts: ['oauth2.googleapis.com'],
  accounts: [{ account: 'sandbox-client', tokens: ['sandbox-refresh-token'], conversionActions: [], secret: 'sandbox-secret' }],
  identify: () => ({ events: [], eventIds: [], transactionIds: [] }),
  fail: (code) => errors[code]?.() ?? null,
  handle(request, world) {
    if (request.path !== '/token') return { status: 404, outcome: 'refused', body: '<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>' };
    if (request.method !== 'POST' || !request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return refuse(400, 'invalid_request', 'Required parameter is missing: grant_type');
    const form = new URLSearchParams(request.text);
    const grantType = form.get('grant_type');
    if (!grantType) return refuse(400, 'invalid_request', 'Required parameter is missing: grant_type');
    if (grantType === 'refresh_token') return refresh(form, world);
    if (grantType === jwtBearer) return assertion(form.get('assertion'), world);
    return refuse(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType}`);
  },
};

function refresh(form: URLSearchParams, world: World): Answer {
  const client = world.account('google-oauth', form.get('client_id') ?? '');
  if (!client) return refuse(401, 'invalid_client', 'The OAuth client was not found.');
  if (client.secret !== undefined && client.secret !== form.get('client_secret')) return refuse(401, 'invalid_client', 'Unauthorized');
  const token = form.get('refresh_token');
  if (!token) return refuse(400, 'invalid_request', 'Missing required parameter: refresh_token');
  if (!client.tokens.includes(token)) return refuse(400, 'invalid_grant', 'Token has been expired or revoked.');
  return issue(Object.values(scopes), world);
}

function assertion(jwt: string | null, world: World): Answer {
  const [head = '', payload = '', signature = '', ...more] = jwt?.split('.') ?? [];
  const header = decodePart(head);
  const claims = decodePart(payload);
  if (!header || !claims || !signature || more.length > 0) return invalidGrant('Invalid JWT: Failed to decode.');
  if (header.alg !== 'RS256') return invalidGrant('Invalid JWT: the algorithm must be RS256.');
  const account = isText(claims.iss) ? world.account('google-oauth', claims.iss) : undefined;
  if (!account?.publicKey) return invalidGrant('Invalid grant: account not found');
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), account.publicKey, Buffer.from(signature, 'base64url'))) return invalidGrant('Invalid JWT Signature.');
  if (!audiences.includes(String(claims.aud))) return invalidGrant('Invalid JWT: Failed audience check.');
  const issuedAtMs = Number(claims.iat) * 1000;
  const expiresAtMs = Number(claims.exp) * 1000;
  const timely = issuedAtMs <= world.now() + 5 * minute && expiresAtMs > world.now() && expiresAtMs - issuedAtMs <= 60 * minute;
  if (!timely) return invalidGrant('Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.');
  if (!isText(claims.scope)) return refuse(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  return issue(claims.scope.split(' '), world);
}

function issue(granted: string[], world: World): Answer {
  const token = `ya29.sandbox-${newId()}`;
  const { tokenTtlMs } = world.settings;
  tokensOf(world).set(token, { expiresAtMs: world.now() + tokenTtlMs, scopes: granted });
  return { status: 200, outcome: 'read', body: { access_token: token, expires_in: Math.floor(tokenTtlMs / 1000), scope: granted.join(' '), token_type: 'Bearer' } };
}

const refuse = (status: number, error: string, text: string): Answer => ({ status, outcome: 'refused', body: { error, error_description: text } });
const invalidGrant = (text: string): Answer => refuse(400, 'invalid_grant', text);

const errors: Record<string, () => Answer> = {
  invalid_grant: () => invalidGrant('Token has been expired or revoked.'),
  invalid_client: () => refuse(401, 'invalid_client', 'The OAuth client was not found.'),
  unauthorized_client: () => refuse(401, 'unauthorized_client', 'Unauthorized'),
  invalid_scope: () => refuse(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.'),
  rate_limit_exceeded: () => refuse(429, 'rate_limit_exceeded', 'Rate limit exceeded.'),
  internal_failure: () => refuse(500, 'internal_failure', 'Backend error.'),
};

function decodePart(part: string): Json | null {
  const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(value) ? value : null;
}
