/** Pinterest API for Conversions v5: POST /v5/ad_accounts/{ad account}/events. In a batch, each event stands for itself. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { day, isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { World } from '../../world.ts';
import { badRequest, errorOfCode, notAllProcessed, report } from './errors.ts';
import type { EventStatus } from './errors.ts';
import { isTracked, problems } from './rules.ts';
import { schemaProblems } from './schema.ts';

const eventsMax = 1000;
/** Pinterest gives no window: here, as long as it takes an event at all. Offline events are never deduplicated. */
const dedupeMs = 7 * day;

export const pinterest: Platform = {
  name: 'pinterest',
  hosts: ['api.pinterest.com'],
  accounts: [{ account: '549755885175', tokens: ['sandbox-pinterest-token'], conversionActions: [] }],
  identify(request) {
    const root = parseJson(request.text);
    const data = isObject(root) && Array.isArray(root.data) ? root.data : [];
    const customs = data.map((event) => (isObject(event) ? event.custom_data : null));
    return { events: textsOf(data, 'event_name'), eventIds: textsOf(data, 'event_id'), transactionIds: textsOf(customs, 'order_id') };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    const adAccount = /^\/v5\/ad_accounts\/(\d{1,18})\/events$/.exec(request.path)?.[1];
    if (!adAccount || request.method !== 'POST') return errorOfCode('404')!;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const owners = world.accounts('pinterest').filter((account) => token !== undefined && account.tokens.includes(token));
    if (owners.length === 0) return errorOfCode('2')!;
    if (!owners.some((owner) => owner.account === adAccount)) return errorOfCode('29')!;
    return ingest(request, adAccount, world);
  },
};

function ingest(request: SandboxRequest, adAccount: string, world: World): Answer {
  const test = request.query.get('test');
  if (test !== null && test !== 'true' && test !== 'false') return badRequest("'test' is not of type boolean.");
  const root = parseJson(request.text);
  if (!isObject(root) || !request.headers['content-type']?.startsWith('application/json')) return badRequest('The body is not a JSON object.');
  const unknown = Object.keys(root).find((key) => key !== 'data');
  if (unknown) return badRequest(`'${unknown}' is not a known property of the request.`);
  const { data } = root;
  if (!Array.isArray(data) || data.length === 0) return badRequest("'data' is not a list of at least 1 event.");
  if (data.length > eventsMax) return badRequest(`'data' has more than ${eventsMax} events.`);
  for (const [index, event] of data.entries()) {
    const { value: problem } = schemaProblems(event, `data[${index}]`).next();
    if (problem) return badRequest(problem);
  }
  const statuses = (data as Json[]).map((event) => process(event, adAccount, test === 'true', world));
  const processed = statuses.filter(({ status }) => status === 'processed').length;
  const outcome = test === 'true' ? 'read' : 'accepted';
  if (processed === statuses.length) return { status: 200, outcome, body: report(statuses) };
  return notAllProcessed(statuses, processed === 0 || outcome === 'read' ? 'refused' : 'accepted');
}

function process(event: Json, adAccount: string, test: boolean, world: World): EventStatus {
  const found = [...problems(event, world.now())];
  if (found.length > 0) return { status: 'failed', error_message: found.join('; '), warning_message: '' };
  if (!test) record(event, adAccount, world);
  return { status: 'processed', error_message: '', warning_message: isTracked(event) ? '' : `'event_name' is not a standard event: ${String(event.event_name)}` };
}

function record(event: Json, adAccount: string, world: World): void {
  const custom = isObject(event.custom_data) ? event.custom_data : {};
  const name = String(event.event_name);
  const eventId = String(event.event_id);
  const tracked = isTracked(event);
  const key = event.action_source === 'offline' ? null : JSON.stringify(['pinterest', adAccount, name, eventId]);
  world.accept({
    platform: 'pinterest', account: adAccount, event: name, eventId,
    transactionId: isText(custom.order_id) ? custom.order_id : null,
    eventTime: new Date(Number(event.event_time) * 1000).toISOString(),
    value: isText(custom.value) ? Number(custom.value) : null,
    currency: isText(custom.currency) ? custom.currency : null,
    counted: tracked && world.firstWithin(key, dedupeMs),
    ...(tracked ? {} : { reason: 'the event name is not mapped to a standard event' }),
    body: event,
  });
}
