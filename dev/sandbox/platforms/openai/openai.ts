/** OpenAI Ads Conversions API: POST /v1/events?pid={pixel}. A batch is taken as a whole or not at all. https://developers.openai.com/ads/conversions-api */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import type { World } from '../../world.ts';
import { apiError, errorOfCode, invalid, missing, requestHeaders } from './errors.ts';
import { brokenRule } from './rules.ts';

const eventsMax = 1000;
const rootFields = new Set(['validate_only', 'integration_source', 'events']);
const integrationSource = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const openai: Platform = {
  name: 'openai',
  hosts: ['bzr.openai.com'],
  accounts: [{ account: 'SandboxOpenAIPixel0001', tokens: ['sk-svcacct-sandbox-openai'], conversionActions: [] }],
  identify({ text }) {
    const root = parseJson(text);
    const events = isObject(root) ? root.events : null;
    return { events: [...textsOf(events, 'type'), ...textsOf(events, 'custom_event_name')], eventIds: textsOf(events, 'id'), transactionIds: [] };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    const { method, path } = request;
    if (path !== '/v1/events') return apiError({ status: 404, message: `Invalid URL (${method} ${path})` });
    if (method !== 'POST') return apiError({ status: 405, message: `Not allowed to ${method} on ${path}. (HINT: Perhaps you meant to use a different HTTP method?)`, code: 'method_not_supported' });
    const pixel = request.query.get('pid');
    return refuseCaller(request, pixel, world) ?? ingest(request, pixel!, world);
  },
};

function refuseCaller({ headers }: SandboxRequest, pixel: string | null, world: World): Answer | null {
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  if (!token) return errorOfCode('missing_api_key');
  const owners = world.accounts('openai').filter(({ tokens }) => tokens.includes(token));
  if (owners.length === 0) return errorOfCode('invalid_api_key');
  if (!pixel) return missing('pid');
  return owners.some(({ account }) => account === pixel) ? null : errorOfCode('pixel_not_found');
}

function ingest({ headers, text }: SandboxRequest, pixel: string, world: World): Answer {
  const root = parseJson(text);
  if (!headers['content-type']?.startsWith('application/json') || !isObject(root)) return apiError({ status: 400, message: 'We could not parse the JSON body of your request.' });
  const refusal = brokenRoot(root);
  if (refusal) return refusal;
  const events = root.events as Json[];
  for (const [index, event] of events.entries()) {
    const broken = brokenRule(event, index, world.now());
    if (broken) return broken;
  }
  if (root.validate_only !== true) for (const event of events) record(event, pixel, world);
  return { status: 200, outcome: root.validate_only === true ? 'read' : 'accepted', headers: requestHeaders(), body: { accepted_events: events.length } };
}

function brokenRoot(root: Json): Answer | null {
  const unknown = Object.keys(root).find((key) => !rootFields.has(key));
  if (root.events === undefined) return missing('events');
  if (unknown) return invalid(unknown, `${unknown} is not a supported field.`);
  if (!Array.isArray(root.events) || root.events.length === 0) return invalid('events', 'events must be a non-empty array.');
  if (root.events.length > eventsMax) return invalid('events', `events must have at most ${eventsMax} items.`);
  if (root.validate_only !== undefined && typeof root.validate_only !== 'boolean') return invalid('validate_only', 'validate_only must be a boolean.');
  const source = root.integration_source;
  return source === undefined || (isText(source) && integrationSource.test(source)) ? null : invalid('integration_source', 'integration_source is not valid.');
}

/** Pixel, name and id together make an event the same one. No end of that is documented; an old replay is refused for its time. */
function record(event: Json, pixel: string, world: World): void {
  const data = event.data as Json;
  const name = String(event.custom_event_name ?? event.type);
  const id = String(event.id);
  const currency = isText(data.currency) ? data.currency : null;
  world.accept({
    platform: 'openai', account: pixel, event: name, eventId: id, transactionId: null,
    eventTime: new Date(Number(event.timestamp_ms)).toISOString(),
    value: typeof data.amount === 'number' && currency ? data.amount / 10 ** fractionDigits(currency) : null,
    currency,
    counted: world.firstWithin(JSON.stringify(['openai', pixel, name, id]), Infinity),
    body: event,
  });
}

/** `amount` is in cents for USD, in yen for JPY; the log keeps whole units like that of every other platform. */
const fractionDigits = (currency: string): number => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
