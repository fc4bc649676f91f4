/** Reddit Conversions API v3: POST /api/v3/pixels/{pixel}/conversion_events. A request is taken as a whole or not at all. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { day, isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { World } from '../../world.ts';
import { badRequest, errorOfCode, invalidEvents, notYours } from './errors.ts';
import { problems } from './rules.ts';
import { brokenSchema } from './schema.ts';

const eventsMax = 1000;
/** "Deduplication requires events sent within 2 days", of the same type and channel. */
const dedupeMs = 2 * day;

const eventsOf = (request: SandboxRequest): Json[] => {
  const root = parseJson(request.text);
  const events = isObject(root) && isObject(root.data) ? root.data.events : null;
  return (Array.isArray(events) ? events : []).filter(isObject);
};

export const reddit: Platform = {
  name: 'reddit',
  hosts: ['ads-api.reddit.com'],
  accounts: [{ account: 'a2_sandbox', tokens: ['sandbox-reddit-token'], conversionActions: [] }],
  identify(request) {
    const events = eventsOf(request);
    const types = events.map(({ type }) => type);
    const conversionIds = textsOf(events.map(({ metadata }) => metadata), 'conversion_id');
    return { events: [...textsOf(types, 'tracking_type'), ...textsOf(types, 'custom_event_name')], eventIds: conversionIds, transactionIds: conversionIds };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    const pixel = /^\/api\/v3\/pixels\/([^/]+)\/conversion_events$/.exec(request.path)?.[1];
    if (!pixel || request.method !== 'POST') return errorOfCode('404')!;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (!token) return errorOfCode('401/no-token')!;
    const owners = world.accounts('reddit').filter((account) => account.tokens.includes(token));
    if (owners.length === 0) return errorOfCode('401')!;
    if (!owners.some((owner) => owner.account === pixel)) return notYours(pixel);
    return ingest(request, pixel, world);
  },
};

function ingest(request: SandboxRequest, pixel: string, world: World): Answer {
  const root = parseJson(request.text);
  if (!isObject(root) || !request.headers['content-type']?.startsWith('application/json')) return badRequest('JSON error "invalid JSON"');
  const refusal = brokenSchema(root);
  if (refusal) return refusal;
  const data = isObject(root.data) ? root.data : {};
  const events = (data.events ?? []) as Json[];
  if (events.length === 0) return badRequest('missing events');
  if (events.length > eventsMax) return errorOfCode('400/bad-request')!;
  const invalid = events.map((event, index) => [...problems(event, index, world.now())]).filter((found) => found.length > 0);
  if (invalid.length > 0) return invalidEvents(invalid.length, invalid.flat());
  const answer = { status: 200, body: { data: { message: `Successfully processed ${events.length} conversion events.` } } };
  // A test id routes the events to Event Testing: they are shown there and do not count.
  if (isText(data.test_id)) return { ...answer, outcome: 'read' };
  for (const event of events) record(event, pixel, world);
  return { ...answer, outcome: 'accepted' };
}

function record(event: Json, pixel: string, world: World): void {
  const type = event.type as Json;
  const metadata = isObject(event.metadata) ? event.metadata : {};
  const conversionId = isText(metadata.conversion_id) ? metadata.conversion_id : null;
  const key = conversionId === null ? null : JSON.stringify(['reddit', pixel, event.action_source, type.tracking_type, type.custom_event_name ?? null, conversionId]);
  world.accept({
    platform: 'reddit', account: pixel,
    event: type.tracking_type === 'CUSTOM' ? String(type.custom_event_name) : String(type.tracking_type),
    eventId: conversionId, transactionId: conversionId,
    eventTime: new Date(Number(event.event_at)).toISOString(),
    value: typeof metadata.value === 'number' ? metadata.value : null,
    currency: isText(metadata.currency) ? metadata.currency : null,
    counted: world.firstWithin(key, dedupeMs),
    body: event,
  });
}
