/** Microsoft's token endpoint: a refresh token for an access token and a new refresh token. The old one stays valid until the account is replaced. Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow. */
import { randomUUID } from 'node:crypto';
import type { Answer, Platform } from '../../contract.ts';
import type { Account, World } from '../../world.ts';
import { newId } from '../../world.ts';

const adsScope = 'https://ads.microsoft.com/msads.manage';

interface Token { expiresAtMs: number; scopes: string[] }
const tokensOf = (world: World) => world.memory<Token>('microsoft access tokens');

/** Whether an access token opens the advertising API now. */
export function tokenState(token: string, world: World): 'good' | 'expired' | 'unknown' {
  const issued = tokensOf(world).get(token);
  if (!issued?.scopes.includes(adsScope)) return 'unknown';
  return world.now() < issued.expiresAtMs ? 'good' : 'expired';
}

export const microsoftOauth: Platform = {
  name: 'microsoft-oauth',
  hosts: ['login.microsoftonline.com'],
  accounts: [{ account: 'sandbox-microsoft-client', tokens: ['sandbox-microsoft-refresh-token'], conversionActions: [], secret: 'sandbox-microsoft-secret' }],
  identify: () => ({ events: [], eventIds: [], transactionIds: [] }),
  fail: (code) => (errors[code] ? refuse(code) : null),
  handle(request, world) {
    if (!/^\/(common|consumers|organizations|[0-9a-f-]{36})\/oauth2\/v2\.0\/token$/.test(request.path) || request.method !== 'POST') return { status: 404, outcome: 'refused', body: '' };
    const form = new URLSearchParams(request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? request.text : '');
    for (const name of ['grant_type', 'client_id']) if (!form.get(name)) return refuse('invalid_request', `AADSTS900144: The request body must contain the following parameter: '${name}'.`);
    if (form.get('grant_type') !== 'refresh_token') return refuse('unsupported_grant_type');
    const client = world.account('microsoft-oauth', form.get('client_id')!);
    return client ? refresh(form, client, world) : refuse('unauthorized_client');
  },
};

function refresh(form: URLSearchParams, client: Account, world: World): Answer {
  // A public client has no secret and must not send one.
  if (client.secret !== undefined && !form.get('client_secret')) return refuse('invalid_client', "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
  if (client.secret === undefined && form.get('client_secret')) return refuse('700025');
  if (client.secret !== undefined && client.secret !== form.get('client_secret')) return refuse('invalid_client');
  const token = form.get('refresh_token');
  if (!token) return refuse('invalid_request', "AADSTS900144: The request body must contain the following parameter: 'refresh_token'.");
  if (!client.tokens.includes(token)) return refuse('invalid_grant');
  const scopes = (form.get('scope') ?? adsScope).split(' ').filter((scope) => scope !== '' && scope !== 'offline_access');
  if (!scopes.every((scope) => scope === adsScope || ['openid', 'profile', 'email'].includes(scope))) return refuse('invalid_scope');
  const accessToken = `EwB.sandbox-${newId()}`;
  const refreshToken = `M.C5.sandbox-${newId()}`;
  const { tokenTtlMs } = world.settings;
  tokensOf(world).set(accessToken, { expiresAtMs: world.now() + tokenTtlMs, scopes });
  // In the account's own list: whoever replaces the account revokes what it was given.
  client.tokens.push(refreshToken);
  const seconds = Math.floor(tokenTtlMs / 1000);
  return { status: 200, outcome: 'read', body: { token_type: 'Bearer', scope: scopes.join(' '), expires_in: seconds, ext_expires_in: seconds, access_token: accessToken, refresh_token: refreshToken } };
}

/** By the OAuth word, or by the number of the AADSTS text. */
const errors: Record<string, { status?: number; error: string; text: string }> = {
  invalid_request: { error: 'invalid_request', text: 'AADSTS9002313: Invalid request. Request is malformed or invalid.' },
  invalid_grant: { error: 'invalid_grant', text: 'AADSTS70000: The provided value for the input parameter \'refresh_token\' or \'assertion\' is not valid.' },
  70008: { error: 'invalid_grant', text: 'AADSTS70008: The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.' },
  700082: { error: 'invalid_grant', text: 'AADSTS700082: The refresh token has expired due to inactivity. The token was issued on 2026-08-01T00:00:00.0000000Z and was inactive for 90.00:00:00.' },
  50173: { error: 'invalid_grant', text: 'AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.' },
  50076: { error: 'interaction_required', text: 'AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.' },
  65001: { error: 'invalid_grant', text: 'AADSTS65001: The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.' },
  interaction_required: { error: 'interaction_required', text: 'AADSTS50076: You must use multi-factor authentication to access the resource.' },
  invalid_client: { status: 401, error: 'invalid_client', text: 'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to the app.' },
  7000222: { status: 401, error: 'invalid_client', text: 'AADSTS7000222: The provided client secret keys for the app are expired.' },
  700025: { status: 401, error: 'invalid_client', text: "AADSTS700025: Client is public so neither 'client_assertion' nor 'client_secret' should be presented." },
  unauthorized_client: { error: 'unauthorized_client', text: 'AADSTS700016: Application with this identifier was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.' },
  unsupported_grant_type: { error: 'unsupported_grant_type', text: 'AADSTS70003: The app requested an unsupported grant type.' },
  invalid_scope: { error: 'invalid_scope', text: 'AADSTS70011: The provided request must include a \'scope\' input parameter. The provided value for the input parameter \'scope\' is not valid.' },
  temporarily_unavailable: { status: 503, error: 'temporarily_unavailable', text: 'AADSTS90033: A transient error has occurred. Please try again.' },
  too_many_requests: { status: 429, error: 'temporarily_unavailable', text: 'AADSTS90055: The server has terminated the request because there are too many requests.' },
  server_error: { status: 500, error: 'server_error', text: 'AADSTS90000: The server encountered an unexpected error.' },
};

function refuse(code: string, words?: string): Answer {
  const { status = 400, error, text } = errors[code]!;
  const said = words ?? text;
  const [traceId, correlationId, timestamp] = [randomUUID(), randomUUID(), `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`];
  const number = Number(/^AADSTS(\d+)/.exec(said)![1]);
  return {
    status, outcome: 'refused',
    body: {
      error, error_description: `${said} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [number], timestamp, trace_id: traceId, correlation_id: correlationId, error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    },
  };
}
