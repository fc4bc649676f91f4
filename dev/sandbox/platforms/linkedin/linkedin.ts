/** LinkedIn Conversions API: POST /rest/conversionEvents, one event, or with X-RestLi-Method: BATCH_CREATE many. A request is taken as a whole or not at all. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { day, isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { Account, World } from '../../world.ts';
import { errorOfCode, inactiveVersion, invalidFields, outsideTimeWindow, refuse } from './errors.ts';
import { isInTime, problems, urnPrefix } from './rules.ts';
import { isServed } from './version.ts';

const eventsMax = 5000;
/** LinkedIn gives no window: here, as long as it takes an event at all. */
const dedupeMs = 90 * day;

export const linkedin: Platform = {
  name: 'linkedin',
  hosts: ['api.linkedin.com'],
  accounts: [{ account: '510000001', tokens: ['sandbox-linkedin-token'], conversionActions: [{ id: '104012', name: 'Lead' }, { id: '104013', name: 'Purchase' }] }],
  identify(request, world) {
    const root = parseJson(request.text);
    const events = isObject(root) && Array.isArray(root.elements) ? root.elements : [root];
    const ids = textsOf(events, 'conversion').map(ruleIdOf);
    const named = world.accounts('linkedin').flatMap(({ conversionActions }) => conversionActions).filter(({ id }) => ids.includes(id));
    return { events: [...ids, ...named.map(({ name }) => name)], eventIds: textsOf(events, 'eventId'), transactionIds: [] };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    const refusal = refuseHeaders(request, world);
    if (refusal) return refusal;
    if (request.path !== '/rest/conversionEvents' || request.method !== 'POST') return errorOfCode('404')!;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (!token) return errorOfCode('65604')!;
    const owners = world.accounts('linkedin').filter((account) => account.tokens.includes(token));
    if (owners.length === 0) return errorOfCode('65600')!;
    return ingest(request, owners, world);
  },
};

const ruleIdOf = (urn: string): string => urn.slice(urnPrefix.length);

/** The gateway looks at the version before anything else. */
function refuseHeaders(request: SandboxRequest, world: World): Answer | null {
  const version = request.headers['linkedin-version'];
  if (!isText(version)) return errorOfCode('VERSION_MISSING');
  if (!isServed(version, world.now())) return inactiveVersion(version);
  if (request.headers['x-restli-protocol-version'] !== '2.0.0') return refuse({ status: 400, message: 'X-Restli-Protocol-Version: 2.0.0 must be passed as a request header' });
  return request.headers['content-type']?.startsWith('application/json') ? null : refuse({ status: 415, message: 'Unsupported Media Type' });
}

function ingest(request: SandboxRequest, owners: Account[], world: World): Answer {
  const method = request.headers['x-restli-method'];
  const batch = method === 'BATCH_CREATE';
  if (method !== undefined && !batch && method !== 'CREATE') return refuse({ status: 400, message: `Invalid X-RestLi-Method: ${String(method)}` });
  const root = parseJson(request.text);
  if (!isObject(root)) return refuse({ status: 400, message: 'Cannot parse request entity' });
  if (batch && !(Array.isArray(root.elements) && root.elements.length > 0 && Object.keys(root).length === 1)) return refuse({ status: 400, message: 'A batch needs elements, and nothing else' });
  const events = batch ? (root.elements as unknown[]) : [root];
  if (events.length > eventsMax) return refuse({ status: 400, message: `The batch has more than ${eventsMax} elements` });
  const refusal = refuseEvents(events, batch, owners, world);
  if (refusal) return refusal;
  for (const event of events as Json[]) record(event, ruleOf(event, owners)!, world);
  if (batch) return { status: 200, outcome: 'accepted', body: { elements: events.map(() => ({ status: 201 })) } };
  return { status: 201, outcome: 'accepted', body: '' };
}

/** First the schema, then the conversion rules, then the time: each class of errors has an answer of its own. */
function refuseEvents(events: unknown[], batch: boolean, owners: Account[], world: World): Answer | null {
  const messages = events.map((event, index) => {
    const found = [...problems(event)].map((problem) => `ERROR :: ${problem}\n`).join('');
    return found === '' || !batch ? found : `Index: ${index}, ${found}`;
  });
  if (messages.some((message) => message !== '')) return invalidFields(messages.join(''));
  if ((events as Json[]).some((event) => !ruleOf(event, owners))) return errorOfCode('403');
  const late = events.flatMap((event, index) => (isInTime(event as Json, world.now()) ? [] : [index]));
  return late.length > 0 ? outsideTimeWindow(late) : null;
}

type ConversionRule = Account['conversionActions'][number];

const ruleOf = (event: Json, owners: Account[]): ConversionRule | undefined =>
  owners.flatMap(({ conversionActions }) => conversionActions).find(({ id }) => id === ruleIdOf(String(event.conversion)));

function record(event: Json, rule: ConversionRule, world: World): void {
  const value = isObject(event.conversionValue) ? event.conversionValue : {};
  const eventId = isText(event.eventId) ? event.eventId : null;
  world.accept({
    platform: 'linkedin', account: rule.id, event: rule.name, eventId, transactionId: null,
    eventTime: new Date(Number(event.conversionHappenedAt)).toISOString(),
    value: isText(value.amount) ? Number(value.amount) : null,
    currency: isText(value.currencyCode) ? value.currencyCode : null,
    counted: world.firstWithin(eventId === null ? null : JSON.stringify(['linkedin', rule.id, eventId]), dedupeMs),
    body: event,
  });
}
