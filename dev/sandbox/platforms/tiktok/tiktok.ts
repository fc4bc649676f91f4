/** TikTok Events API 2.0: POST /open_api/v1.3/event/track/. In a batch, each event stands for itself. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { hour, isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { World } from '../../world.ts';
import { body, errorOfCode, notFound, refuse } from './errors.ts';
import { problems, sources } from './rules.ts';

const trackPath = '/open_api/v1.3/event/track/';
const eventsMax = 1000;
/** A second event of the same name and id within this time of the first is taken, but not counted. */
const dedupeMs = 48 * hour;

export const tiktok: Platform = {
  name: 'tiktok',
  hosts: ['business-api.tiktok.com'],
  accounts: [{ account: 'CSANDBOX0000000000TT', tokens: ['sandbox-tiktok-token'], conversionActions: [] }],
  identify(request) {
    const root = parseJson(request.text);
    const data = isObject(root) ? root.data : null;
    return { events: textsOf(data, 'event'), eventIds: textsOf(data, 'event_id'), transactionIds: [] };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    if (request.path !== trackPath || request.method !== 'POST') return notFound();
    const root = parseJson(request.text);
    const refusal = refuseRoot(request, root, world);
    return refusal ?? track(root as Json, world);
  },
};

function refuseRoot(request: SandboxRequest, root: unknown, world: World): Answer | null {
  const token = request.headers['access-token'];
  if (!isText(token)) return errorOfCode('40104');
  const owners = world.accounts('tiktok').filter((account) => account.tokens.includes(token));
  if (owners.length === 0) return errorOfCode('40105');
  if (!isObject(root) || !request.headers['content-type']?.startsWith('application/json')) return refuse(40002, 'The request body is not valid JSON.');
  if (root.event_source === undefined) return refuse(40002, 'event_source: Missing data for required field.');
  if (!isText(root.event_source) || !sources[root.event_source]) return refuse(40002, `event_source: Must be one of: ${Object.keys(sources).join(', ')}.`);
  if (root.event_source_id === undefined) return refuse(40002, 'event_source_id: Missing data for required field.');
  if (!isText(root.event_source_id)) return refuse(40002, 'event_source_id: Not a valid string.');
  if (!owners.some((owner) => owner.account === root.event_source_id)) return refuse(40001, `No permission to operate pixel code ${root.event_source_id}.`);
  const notText = ['test_event_code', 'partner_name'].find((key) => root[key] !== undefined && !isText(root[key]));
  if (notText) return refuse(40002, `${notText}: Not a valid string.`);
  if (root.data === undefined) return refuse(40002, 'data: Missing data for required field.');
  if (!Array.isArray(root.data) || root.data.length === 0) return refuse(40002, 'data: Not a valid list, or empty.');
  return root.data.length > eventsMax ? refuse(40002, `data: Longer than maximum length ${eventsMax}.`) : null;
}

function track(root: Json, world: World): Answer {
  const failed: Array<{ order_in_batch: number; error_message: string }> = [];
  const events = root.data as unknown[];
  for (const [index, event] of events.entries()) {
    const { value: problem } = problems(event, index, String(root.event_source), world.now()).next();
    if (problem) failed.push({ order_in_batch: index, error_message: problem });
    else record(event as Json, String(root.event_source_id), world);
  }
  if (failed.length === events.length) return refuse(40002, failed[0]!.error_message);
  if (failed.length === 0) return { status: 200, outcome: 'accepted', body: body(0, 'OK') };
  return { status: 200, outcome: 'accepted', body: body(20001, `Partial success: ${failed[0]!.error_message}`, { failed_events: failed }) };
}

function record(event: Json, pixel: string, world: World): void {
  const properties = isObject(event.properties) ? event.properties : {};
  const name = String(event.event);
  const eventId = isText(event.event_id) ? event.event_id : null;
  world.accept({
    platform: 'tiktok', account: pixel, event: name, eventId,
    transactionId: isText(properties.order_id) ? properties.order_id : null,
    eventTime: new Date(Number(event.event_time) * 1000).toISOString(),
    value: typeof properties.value === 'number' ? properties.value : null,
    currency: isText(properties.currency) ? properties.currency : null,
    counted: world.firstWithin(eventId === null ? null : JSON.stringify(['tiktok', pixel, name, eventId]), dedupeMs),
    body: event,
  });
}
