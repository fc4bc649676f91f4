/** Google Analytics 4, Measurement Protocol: /mp/collect answers 204 to everything and drops what it does not like, /debug/mp/collect says why and stores nothing. The account's tokens are API secrets. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { World } from '../../world.ts';
import { errorOfCode, notFoundPage, received, validated } from './errors.ts';
import type { ValidationMessage } from './errors.ts';
import { problems } from './rules.ts';

/** Events that say that a lead is no conversion: taken, never counted. */
const noConversions = new Set(['disqualify_lead', 'close_unconvert_lead']);

export const ga4: Platform = {
  name: 'ga4',
  hosts: ['www.google-analytics.com', 'region1.google-analytics.com'],
  accounts: [{ account: 'G-SANDBOX001', tokens: ['sandbox-ga4-secret'], conversionActions: [] }],
  identify(request) {
    const root = parseJson(request.text);
    const events = isObject(root) && Array.isArray(root.events) ? root.events : [];
    return { events: textsOf(events, 'name'), eventIds: [], transactionIds: textsOf(events.map((event) => (isObject(event) ? event.params : null)), 'transaction_id') };
  },
  fail: (code, request) => errorOfCode(code, request.path),
  handle(request, world) {
    if (request.method !== 'POST') return notFoundPage();
    if (request.path === '/debug/mp/collect') return validated([...queryProblems(request.query), ...problems(request.text, parseJson(request.text), world.now())]);
    return request.path === '/mp/collect' ? collect(request, world) : notFoundPage();
  },
};

/** The validation server does not look whether the secret is right. */
function* queryProblems(query: URLSearchParams): Generator<ValidationMessage> {
  for (const name of ['measurement_id', 'api_secret']) {
    if (!query.get(name)) yield { fieldPath: name, validationCode: 'VALUE_REQUIRED', description: `Unable to find non-empty parameter [${name}] value in request.` };
  }
}

function collect({ query, text }: SandboxRequest, world: World): Answer {
  const stream = world.account('ga4', query.get('measurement_id') ?? '');
  if (!stream?.tokens.includes(query.get('api_secret') ?? '')) return received('refused');
  const root = parseJson(text);
  const found = [...problems(text, root, world.now())];
  if (found.some(({ event }) => event === undefined)) return received('refused');
  const dropped = new Set(found.map(({ event }) => event));
  const { events, timestamp_micros: commonMicros, client_id } = root as { events: Json[]; timestamp_micros?: number; client_id: string };
  const taken = events.filter((_, index) => !dropped.has(index));
  for (const event of taken) record({ client_id, ...event }, Number(event.timestamp_micros ?? commonMicros ?? world.now() * 1000) / 1000, stream.account, world);
  return received(taken.length === events.length ? 'accepted' : 'refused');
}

interface Purchase { currency: string | null; refunded: boolean }

function record(event: Json, timeMs: number, stream: string, world: World): void {
  const params = (event.params ?? {}) as Json;
  const name = String(event.name);
  const transactionId = isText(params.transaction_id) ? params.transaction_id : null;
  const purchases = world.memory<Purchase>('ga4 purchases');
  const key = `${stream}/${transactionId}`;
  const known = purchases.get(key);
  const currency = isText(params.currency) ? params.currency : null;
  const common = {
    platform: 'ga4', account: stream, event: name, eventId: null, transactionId, eventTime: new Date(timeMs).toISOString(),
    value: typeof params.value === 'number' ? params.value : null, currency, body: event,
  } as const;
  if (name === 'refund') {
    if (!known) return world.accept({ ...common, counted: false, reason: 'no purchase has this transaction_id' });
    if (known.refunded) return world.accept({ ...common, counted: false, reason: 'DUPLICATE: refunded before' });
    known.refunded = true;
    // A full refund names no value: nothing is left of the purchase.
    return world.accept({ ...common, value: common.value ?? 0, currency: currency ?? known.currency, counted: false, adjusted: true });
  }
  if (noConversions.has(name)) return world.accept({ ...common, counted: false, reason: 'no conversion' });
  // A second purchase with the same transaction_id is not counted.
  if (name === 'purchase' && !known) purchases.set(key, { currency, refunded: false });
  world.accept({ ...common, counted: name !== 'purchase' || !known });
}
