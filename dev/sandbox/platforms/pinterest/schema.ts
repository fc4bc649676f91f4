/** The JSON schema of a request, ConversionEvents in Pinterest's OpenAPI file: no keys but these, each of its type. Breaking it is a 400. */
import { isObject } from '../../checks.ts';
import type { Json } from '../../checks.ts';

type Type = 'string' | 'string?' | 'integer' | 'boolean' | 'strings' | 'object' | 'objects';

const typeTests: Record<Type, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  'string?': (value) => typeof value === 'string' || value === null,
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  object: isObject,
  objects: (value) => Array.isArray(value) && value.every(isObject),
};

const typed = (type: Type, keys: string): Array<[string, Type]> => keys.split(' ').map((key) => [key, type]);
const shape = (...parts: Array<Array<[string, Type]>>): Record<string, Type> => Object.fromEntries(parts.flat());

const eventShape = shape(
  typed('string', 'event_name action_source event_id'),
  typed('string?', 'event_source_url partner_name app_id app_name app_version device_brand device_carrier device_model device_type os_version language'),
  typed('integer', 'event_time'), typed('boolean', 'opt_out wifi'), typed('object', 'user_data custom_data'),
);
const userShape = shape(
  typed('strings', 'em hashed_maids ph ge db ln fn ct st zp country external_id'),
  typed('string', 'client_ip_address client_user_agent'), typed('string?', 'click_id partner_id'),
);
const customShape = shape(
  // A value is a text here: it "will be parsed into a double".
  typed('string?', 'currency value content_name content_category content_brand order_id search_string opt_out_type np'),
  typed('strings', 'content_ids'), typed('objects', 'contents'), typed('integer', 'num_items'),
);
const contentShape = shape(typed('string', 'id item_price item_name item_category item_brand'), typed('integer', 'quantity'));

function* compare(object: Json, expected: Record<string, Type>, at: string): Generator<string> {
  for (const [key, value] of Object.entries(object)) {
    const type = expected[key];
    if (!type) yield `'${key}' is not a known property of ${at}.`;
    else if (!typeTests[type](value)) yield `${at}.${key} is not of type ${type.replace('?', '')}.`;
  }
}

const requiredKeys = ['event_name', 'action_source', 'event_time', 'user_data', 'event_id'];

export function* schemaProblems(event: unknown, at: string): Generator<string> {
  if (!isObject(event)) return yield `${at} is not of type object.`;
  for (const key of requiredKeys) if (event[key] === undefined) yield `'${key}' is a required property of ${at}.`;
  yield* compare(event, eventShape, at);
  if (isObject(event.user_data)) {
    const user = event.user_data;
    yield* compare(user, userShape, `${at}.user_data`);
    if (!user.em && !user.hashed_maids && !(user.client_ip_address && user.client_user_agent)) yield `${at}.user_data needs em, hashed_maids, or client_ip_address with client_user_agent.`;
  }
  if (!isObject(event.custom_data)) return;
  yield* compare(event.custom_data, customShape, `${at}.custom_data`);
  const { contents } = event.custom_data;
  for (const [index, content] of (Array.isArray(contents) ? contents : []).entries()) {
    if (isObject(content)) yield* compare(content, contentShape, `${at}.custom_data.contents[${index}]`);
  }
}
