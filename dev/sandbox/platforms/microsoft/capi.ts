/** Microsoft UET Conversions API v1: POST /v1/{tag}/events. With continueOnValidationError the good events of a batch are taken, without it none. */
import type { Answer, Platform } from '../../contract.ts';
import { day, isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { World } from '../../world.ts';
import { errorOfCode, invalid, received, refuse } from './capi-errors.ts';
import type { Detail } from './capi-errors.ts';
import { problems } from './capi-rules.ts';

const eventsMax = 1000;
/** An event of the same name and id is taken, but counted once: as old as an event may be, so old may a repeat be. */
const dedupeMs = 7 * day;

export const microsoft: Platform = {
  name: 'microsoft',
  hosts: ['capi.uet.microsoft.com'],
  accounts: [{ account: '97000001', tokens: ['sandbox-uet-token'], conversionActions: [] }],
  identify(request) {
    const root = parseJson(request.text);
    const data = isObject(root) && Array.isArray(root.data) ? root.data : [];
    return { events: textsOf(data, 'eventName'), eventIds: textsOf(data, 'eventId'), transactionIds: textsOf(data.map((event) => (isObject(event) ? event.customData : null)), 'transactionId') };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    const tag = /^\/v1\/([^/]+)\/events$/.exec(request.path)?.[1];
    if (!tag || request.method !== 'POST') return errorOfCode('404')!;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const owners = world.accounts('microsoft').filter((account) => token !== undefined && account.tokens.includes(token));
    if (owners.length === 0) return errorOfCode('401')!;
    if (!owners.some((owner) => owner.account === tag)) return errorOfCode('403')!;
    const root = parseJson(request.text);
    if (!isObject(root) || !request.headers['content-type']?.startsWith('application/json')) return refuse(400, 'BadRequest', 'The request body is not valid JSON.');
    return ingest(root, tag, world);
  },
};

function ingest(root: Json, tag: string, world: World): Answer {
  const { data, continueOnValidationError: lenient } = root;
  const unknown = Object.keys(root).find((key) => !['data', 'continueOnValidationError', 'dataProvider'].includes(key));
  if (unknown) return refuse(400, 'BadRequest', `Unknown property '${unknown}'.`);
  if (!Array.isArray(data) || data.length === 0) return refuse(400, 'BadRequest', "'Data' must not be empty.");
  if (data.length > eventsMax) return refuse(400, 'BadRequest', `'Data' must have at most ${eventsMax} events.`);
  const details: Detail[] = data.flatMap((event, index) => [...problems(event, world.now())].map((problem) => ({ index, ...problem })));
  const failed = new Set(details.map(({ index }) => index));
  // The flag is set for the request or for each event.
  if ([...failed].some((index) => lenient !== true && !(isObject(data[index]) && data[index].continueOnValidationError === true))) return invalid(details);
  const taken = (data as Json[]).filter((_, index) => !failed.has(index));
  for (const event of taken) record(event, tag, world);
  return received(taken.length, details);
}

function record(event: Json, tag: string, world: World): void {
  const custom = isObject(event.customData) ? event.customData : {};
  const name = isText(event.eventName) ? event.eventName : String(event.eventType);
  const eventId = isText(event.eventId) ? event.eventId : null;
  world.accept({
    platform: 'microsoft', account: tag, event: name, eventId,
    transactionId: isText(custom.transactionId) ? custom.transactionId : null,
    eventTime: new Date(Number(event.eventTime) * 1000).toISOString(),
    value: typeof custom.value === 'number' ? custom.value : null,
    currency: isText(custom.currency) ? custom.currency : null,
    counted: world.firstWithin(eventId === null ? null : JSON.stringify(['microsoft', tag, name, eventId]), dedupeMs),
    body: event,
  });
}
