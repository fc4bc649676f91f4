/** Fields and types of a v3 request. Reddit's reader knows no other field and refuses the request at the first error. */
import type { Answer } from '../../contract.ts';
import { isObject } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import { jsonError } from './errors.ts';

type Type = 'string' | 'number' | 'integer' | 'list' | Shape;
interface Shape { [key: string]: Type }

const user: Shape = {
  email: 'string', phone_number: 'string', external_id: 'string', ip_address: 'string', user_agent: 'string', uuid: 'string',
  idfa: 'string', aaid: 'string', advertising_id: 'string',
  screen_dimensions: { width: 'integer', height: 'integer' },
  data_processing_options: { modes: 'list', country: 'string', region: 'string' },
};
const product: Shape = { id: 'string', name: 'string', category: 'string', quantity: 'integer', item_price: 'number' };
const event: Shape = {
  event_at: 'integer', action_source: 'string', event_source_url: 'string', click_id: 'string',
  type: { tracking_type: 'string', custom_event_name: 'string' },
  user,
  metadata: { conversion_id: 'string', currency: 'string', value: 'number', item_count: 'integer', products: 'list' },
};
const data: Shape = { test_id: 'string', partner: 'string', partner_version: 'string', events: 'list' };

const nameOfType = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

function matches(value: unknown, type: Type): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'list') return Array.isArray(value);
  return typeof type === 'string' ? typeof value === type : isObject(value);
}

function compare(object: Json, shape: Shape): Answer | null {
  for (const [key, value] of Object.entries(object)) {
    const type = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (type === undefined) return jsonError('unknown field', key);
    if (!matches(value, type)) return jsonError(`unexpected type ${nameOfType(value)}`, key);
    const refusal = typeof type === 'string' ? null : compare(value as Json, type);
    if (refusal) return refusal;
  }
  return null;
}

const compareAll = (list: unknown, shape: Shape, key: string): Answer | null => {
  for (const item of Array.isArray(list) ? list : []) {
    const refusal = isObject(item) ? compare(item, shape) : jsonError(`unexpected type ${nameOfType(item)}`, key);
    if (refusal) return refusal;
  }
  return null;
};

export function brokenSchema(root: Json): Answer | null {
  const refusal = compare(root, { data }) ?? compareAll((root.data as Json | undefined)?.events, event, 'events');
  if (refusal) return refusal;
  for (const one of ((root.data as Json | undefined)?.events ?? []) as Json[]) {
    const broken = compareAll((one.metadata as Json | undefined)?.products, product, 'products');
    if (broken) return broken;
  }
  return null;
}
