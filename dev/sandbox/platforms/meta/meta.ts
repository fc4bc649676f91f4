/** Meta Conversions API: POST /v26.0/{pixel}/events. A request is taken as a whole or not at all. */
import { createHmac } from 'node:crypto';
import type { AcceptedEvent, Answer, Platform, SandboxRequest } from '../../contract.ts';
import { hour, isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { Account, World } from '../../world.ts';
import { errorOfCode, fbtraceId, graphError, noSuchObject, parameterError } from './errors.ts';
import { brokenRule } from './rules.ts';

const newestVersion = 26;
const oldestVersion = 24;
const rootKeys = new Set(['data', 'access_token', 'appsecret_proof', 'test_event_code', 'partner_agent', 'namespace_id', 'upload_id', 'upload_tag', 'upload_source', 'debug', 'format', 'method']);
const eventsMax = 1000;
/** A second event of the same name and id within this time of the first is taken, but not counted. */
const dedupeMs = 48 * hour;

export const meta: Platform = {
  name: 'meta',
  hosts: ['graph.facebook.com'],
  accounts: [{ account: '1234567890123456', tokens: ['sandbox-meta-token'], conversionActions: [] }],
  identify(request) {
    const { data } = rootOf(request) ?? {};
    return { events: textsOf(data, 'event_name'), eventIds: textsOf(data, 'event_id'), transactionIds: [] };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    const [, version = '', id = '', edge, ...more] = request.path.split('/');
    const wrongVersion = refuseVersion(version);
    if (wrongVersion) return wrongVersion;
    const root = rootOf(request);
    const account = authorise(request, root, id, world);
    if ('status' in account) return account;
    if (request.method === 'GET' && edge === undefined) return { status: 200, outcome: 'read', body: { name: 'Sandbox pixel', id } };
    if (request.method !== 'POST' || edge !== 'events' || more.length > 0) return graphError({ code: 2500, message: `Unknown path components: /${[edge, ...more].join('/')}` });
    return ingest(root, account, world);
  },
};

function ingest(root: Json | null, account: Account, world: World): Answer {
  if (!root) return graphError({ code: 100, message: '(#100) The request body is not valid JSON' });
  const unexpected = Object.keys(root).find((key) => !rootKeys.has(key));
  if (unexpected) return graphError({ code: 100, message: `(#100) Unexpected parameter ${unexpected}` });
  const { data } = root;
  if (data === undefined) return graphError({ code: 100, message: '(#100) The parameter data is required' });
  if (!Array.isArray(data) || data.length === 0) return graphError({ code: 100, message: '(#100) param data must be a non-empty array.' });
  if (data.length > eventsMax) return parameterError(`Too many events: ${data.length}. A request takes at most ${eventsMax} events.`);
  for (const [index, event] of data.entries()) {
    const refusal = brokenRule(event, index, world.now());
    if (refusal) return refusal;
  }
  for (const event of data as Json[]) record(event, account, world);
  return { status: 200, outcome: 'accepted', body: { events_received: data.length, messages: [], fbtrace_id: fbtraceId() } };
}

function record(event: Json, { account }: Account, world: World): void {
  const custom = isObject(event.custom_data) ? event.custom_data : {};
  const eventId = isText(event.event_id) ? event.event_id : null;
  const name = String(event.event_name);
  world.accept({
    platform: 'meta', account, event: name, eventId,
    transactionId: isText(custom.order_id) ? custom.order_id : null,
    eventTime: new Date(Number(event.event_time) * 1000).toISOString(),
    value: typeof custom.value === 'number' ? custom.value : null,
    currency: isText(custom.currency) ? custom.currency : null,
    ...(name === 'AppendValue' ? appended(event, account, world) : { counted: world.firstWithin(eventId === null ? null : JSON.stringify(['meta', account, name, eventId]), dedupeMs) }),
    body: event,
  });
}

/** AppendValue is no conversion: it changes an earlier one, or nothing. */
function appended(event: Json, account: string, world: World): Pick<AcceptedEvent, 'counted' | 'adjusted' | 'value' | 'reason'> {
  const custom = event.custom_data as Json;
  const first = event.original_event_data as Json;
  const found = world.accepted.some((earlier) => earlier.platform === 'meta' && earlier.account === account && earlier.event === first.event_name
    && ((isText(first.event_id) && earlier.eventId === first.event_id) || (isText(first.order_id) && earlier.transactionId === first.order_id)));
  return { counted: false, value: Number(custom.net_revenue ?? custom.predicted_ltv), ...(found ? { adjusted: true } : { reason: 'ORIGINAL_EVENT_NOT_FOUND' }) };
}

function refuseVersion(version: string): Answer | null {
  const major = Number(/^v(\d+)\.0$/.exec(version)?.[1]);
  if (!(major <= newestVersion)) return graphError({ code: 2500, message: `Unknown path components: /${version}` });
  return major >= oldestVersion ? null : graphError({ code: 2635, message: `(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: v${newestVersion}.0.` });
}

function authorise(request: SandboxRequest, root: Json | null, id: string, world: World): Account | Answer {
  const bearer = /^(?:Bearer|OAuth) (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const token = root?.access_token ?? request.query.get('access_token') ?? bearer;
  if (!isText(token)) return graphError({ code: 104, message: 'An access token is required to request this resource.' });
  const owners = world.accounts('meta').filter((account) => account.tokens.includes(token));
  if (owners.length === 0) return errorOfCode('190')!;
  const account = owners.find((owner) => owner.account === id);
  if (!account) return noSuchObject(id);
  const proof = root?.appsecret_proof ?? request.query.get('appsecret_proof');
  if (proof && account.secret && proof !== createHmac('sha256', account.secret).update(token).digest('hex')) {
    return graphError({ code: 100, type: 'GraphMethodException', message: 'Invalid appsecret_proof provided in the API argument' });
  }
  return account;
}

/** Meta takes JSON and forms; in a form `data` is a JSON text. */
function rootOf({ headers, text }: SandboxRequest): Json | null {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const root = parseJson(text);
    return isObject(root) ? root : null;
  }
  const form: Json = Object.fromEntries(new URLSearchParams(text));
  return typeof form.data === 'string' ? { ...form, data: parseJson(form.data) } : form;
}
