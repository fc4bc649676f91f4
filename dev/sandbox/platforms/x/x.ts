/** X Ads API v12, web conversions: POST /12/measurement/conversions/{pixel}. A request is taken as a whole or not at all. */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { hour, isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import { newId } from '../../world.ts';
import type { Account, World } from '../../world.ts';
import { isClient, mayUsePixel } from './authentication.ts';
import { errorOfCode, invalid, refuse } from './errors.ts';
import { problems, shortEventId } from './rules.ts';

const host = 'ads-api.x.com';
const conversionsMax = 500;
/** X gives no window: a second conversion of the same event and id within this time of the first is taken, but not counted. */
const dedupeMs = 48 * hour;

const conversionsOf = (request: SandboxRequest): unknown => {
  const root = parseJson(request.text);
  return isObject(root) ? root.conversions : null;
};

export const x: Platform = {
  name: 'x',
  hosts: [host],
  accounts: [
    { account: 'osand', tokens: ['sandbox-x-pixel-token'], conversionActions: [{ id: 'olead', name: 'Lead' }, { id: 'osale', name: 'Purchase' }] },
    { account: 'sandbox-x-consumer-key', tokens: ['sandbox-x-access-token'], conversionActions: [], secret: 'sandbox-x-consumer-secret&sandbox-x-token-secret' },
  ],
  identify(request, world) {
    const conversions = conversionsOf(request);
    const conversionIds = textsOf(conversions, 'conversion_id');
    const ids = textsOf(conversions, 'event_id');
    const shortIds = ids.map((id) => id.split('-').at(-1)!);
    const named = world.accounts('x').flatMap(({ conversionActions }) => conversionActions).filter(({ id }) => shortIds.includes(id));
    return { events: [...ids, ...shortIds, ...named.map(({ name }) => name)], eventIds: conversionIds, transactionIds: conversionIds };
  },
  fail: (code, _request, world) => errorOfCode(code, world.now()),
  handle(request, world) {
    const id = /^\/12\/measurement\/conversions\/([0-9a-z-]+)$/.exec(request.path)?.[1];
    if (!id || request.method !== 'POST') return errorOfCode('ROUTE_NOT_FOUND', world.now())!;
    const found = world.account('x', id);
    const pixel = found && !isClient(found) ? found : undefined;
    if (!mayUsePixel(request, host, pixel, world)) return errorOfCode('UNAUTHORIZED_ACCESS', world.now())!;
    return pixel ? ingest(request, pixel, world) : errorOfCode('WEB_EVENT_TAG_NOT_FOUND', world.now())!;
  },
};

function ingest(request: SandboxRequest, pixel: Account, world: World): Answer {
  const conversions = conversionsOf(request);
  if (!request.headers['content-type']?.startsWith('application/json')) return refuse(400, [invalid('The content type must be application/json', 'conversions')]);
  if (!Array.isArray(conversions) || conversions.length === 0) return refuse(400, [{ code: 'MISSING_PARAMETER', message: '"conversions" is a required parameter', parameter: 'conversions' }]);
  if (conversions.length > conversionsMax) return refuse(400, [invalid(`Conversion count limit is ${conversionsMax}`, 'conversions')]);
  const errors = conversions.flatMap((conversion, index) => [...problems(conversion, index, pixel, world.now())]);
  if (errors.length > 0) return refuse(400, errors);
  for (const conversion of conversions as Json[]) record(conversion, pixel, world);
  return {
    status: 200, outcome: 'accepted',
    body: { request: { params: {} }, data: { conversions_processed: conversions.length, debug_id: newId() } },
  };
}

function record(conversion: Json, { account: pixel, conversionActions }: Account, world: World): void {
  const eventTag = shortEventId(conversion.event_id, pixel)!;
  const conversionId = isText(conversion.conversion_id) ? conversion.conversion_id : null;
  world.accept({
    platform: 'x', account: pixel, event: conversionActions.find(({ id }) => id === eventTag)!.name, eventId: conversionId, transactionId: conversionId,
    eventTime: new Date(String(conversion.conversion_time)).toISOString(),
    value: conversion.value === undefined ? null : Number(conversion.value),
    // USD is the default where there is a value.
    currency: isText(conversion.price_currency) ? conversion.price_currency : conversion.value === undefined ? null : 'USD',
    counted: world.firstWithin(conversionId === null ? null : JSON.stringify(['x', pixel, eventTag, conversionId]), dedupeMs),
    body: conversion,
  });
}
