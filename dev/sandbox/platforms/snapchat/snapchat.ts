/** Snap Conversions API v3: POST /v3/{pixel}/events, and .../events/validate that records nothing. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { hour, isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { World } from '../../world.ts';
import { errorOfCode, invalid, taken } from './errors.ts';
import type { Failed } from './errors.ts';
import { problems } from './rules.ts';

const eventsMax = 2000;
/** A second event of the same name and id within this time of the first is taken, but not counted. */
const dedupeMs = 48 * hour;

const dataOf = (request: SandboxRequest): unknown => {
  const root = parseJson(request.text);
  return isObject(root) ? root.data : undefined;
};

export const snapchat: Platform = {
  name: 'snapchat',
  hosts: ['tr.snapchat.com'],
  accounts: [{ account: '5a4dbc00-0000-4000-8000-00005a4d0001', tokens: ['sandbox-snapchat-token'], conversionActions: [] }],
  identify(request) {
    const data = dataOf(request);
    const customs = Array.isArray(data) ? data.map((event) => (isObject(event) ? event.custom_data : null)) : [];
    return { events: textsOf(data, 'event_name'), eventIds: textsOf(data, 'event_id'), transactionIds: textsOf(customs, 'order_id') };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    const [, asset, validate] = /^\/v3\/([^/]+)\/events(\/validate)?$/.exec(request.path) ?? [];
    if (!asset || request.method !== 'POST') return errorOfCode('404')!;
    // Documented is the query parameter alone: a token in a header is not looked at.
    const token = request.query.get('access_token');
    const owners = world.accounts('snapchat').filter((account) => token !== null && account.tokens.includes(token));
    if (owners.length === 0) return errorOfCode('401')!;
    if (!owners.some((owner) => owner.account === asset)) return errorOfCode('403')!;
    return ingest(request, asset, validate !== undefined, world);
  },
};

/** A batch is taken as a whole or not at all: Snap does not say what becomes of the good events of a bad one. */
function ingest(request: SandboxRequest, asset: string, validateOnly: boolean, world: World): Answer {
  const data = dataOf(request);
  if (!request.headers['content-type']?.startsWith('application/json')) return invalid('The content type must be application/json.');
  if (!Array.isArray(data) || data.length === 0) return invalid('Missing required field: data');
  if (data.length > eventsMax) return invalid(`Too many events: at most ${eventsMax} are allowed in a request.`);
  const failed: Failed[] = data.flatMap((event, index) => {
    const reasons = [...problems(event, world.now())];
    return reasons.length === 0 ? [] : [{ index, reason: reasons.join('; ') }];
  });
  if (failed.length > 0) return invalid(failed[0]!.reason, failed);
  if (validateOnly) return taken('read');
  for (const event of data as Json[]) record(event, asset, world);
  return taken('accepted');
}

function record(event: Json, asset: string, world: World): void {
  const custom = isObject(event.custom_data) ? event.custom_data : {};
  const name = String(event.event_name);
  const eventId = isText(event.event_id) ? event.event_id : null;
  world.accept({
    platform: 'snapchat', account: asset, event: name, eventId,
    transactionId: isText(custom.order_id) ? custom.order_id : null,
    eventTime: new Date(Number(event.event_time) * 1000).toISOString(),
    value: custom.value === undefined ? null : Number(custom.value),
    currency: isText(custom.currency) ? custom.currency : null,
    counted: world.firstWithin(eventId === null ? null : JSON.stringify(['snapchat', asset, name, eventId]), dedupeMs),
    body: event,
  });
}
