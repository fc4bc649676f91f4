/** The parts of an event beside who, when and how much: what was bought, the limits on its use, the event that it adds to. */
import type { Answer } from '../../contract.ts';
import { isObject, isText, isUnixSeconds } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import { parameterError } from './errors.ts';

const typeError = (at: string, type: string): Answer => parameterError(`Param "${at}" must be ${type}.`);
const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0;
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isTextOrNumber = (value: unknown): boolean => isText(value) || typeof value === 'number';
const oneOf = (...words: string[]) => (value: unknown): boolean => words.includes(String(value));

type Field = [key: string, isRight: (value: unknown) => boolean, type: string];

/** https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/custom-data */
const customFields: Field[] = [
  ['content_ids', (value) => Array.isArray(value) && value.every(isTextOrNumber), 'an array of strings'],
  ['content_type', oneOf('product', 'product_group'), 'one of {product, product_group}'],
  ['content_name', isText, 'a string'],
  ['content_category', isText, 'a string'],
  ['search_string', isText, 'a string'],
  ['status', isText, 'a string'],
  ['num_items', isCount, 'an integer'],
  ['predicted_ltv', isAmount, 'a number of at least 0'],
  ['net_revenue', (value) => typeof value === 'number', 'a number'],
  ['contents', (value) => Array.isArray(value) && value.every(isObject), 'an array of objects'],
];
const contentFields: Field[] = [
  ['id', isTextOrNumber, 'a string'],
  ['quantity', isCount, 'an integer'],
  ['item_price', isAmount, 'a number of at least 0'],
  ['delivery_category', oneOf('in_store', 'curbside', 'home_delivery'), 'one of {in_store, curbside, home_delivery}'],
];
const eventFields: Field[] = [
  ['opt_out', (value) => typeof value === 'boolean', 'a boolean'],
  ['data_processing_options_country', oneOf('0', '1'), 'one of {0, 1}'],
  ['data_processing_options_state', isCount, 'an integer'],
];
/** https://developers.facebook.com/documentation/ads-commerce/conversions-api/parameters/original-event */
const originalFields: Field[] = [
  ['event_name', isText, 'a string'],
  ['event_time', isUnixSeconds, 'an integer of Unix seconds'],
  ['order_id', isText, 'a string'],
  ['event_id', isText, 'a string'],
];

function brokenField(object: Json, fields: Field[], at: string): Answer | null {
  const broken = fields.find(([key, isRight]) => object[key] !== undefined && !isRight(object[key]));
  return broken ? typeError(`${at}['${broken[0]}']`, broken[2]) : null;
}

/** Limited data use needs its country and state as well, as numbers: 0 and 0 let Meta find them out. */
export function useOfData(event: Json, at: string): Answer | null {
  const broken = brokenField(event, eventFields, at);
  if (broken) return broken;
  const notNumber = ['data_processing_options_country', 'data_processing_options_state'].find((key) => {
    const isLimited = Array.isArray(event.data_processing_options) && event.data_processing_options.length > 0;
    return typeof event[key] !== 'number' && (isLimited || event[key] !== undefined);
  });
  return notNumber ? typeError(`${at}['${notNumber}']`, 'an integer') : null;
}

export function purchase(event: Json, at: string): Answer | null {
  if (!isObject(event.custom_data)) return null;
  const broken = brokenField(event.custom_data, customFields, `${at}['custom_data']`);
  if (broken) return broken;
  const contents = (event.custom_data.contents ?? []) as Json[];
  return contents.map((content, index) => brokenField(content, contentFields, `${at}['custom_data']['contents'][${index}]`)).find((answer) => answer !== null) ?? null;
}

/** AppendValue adds a value to an event sent before, which it must name. */
export function original(event: Json, at: string): Answer | null {
  const { original_event_data: first, custom_data: custom } = event;
  if (first !== undefined && !isObject(first)) return typeError(`${at}['original_event_data']`, 'an object');
  const broken = first === undefined ? null : brokenField(first, originalFields, `${at}['original_event_data']`);
  if (broken || event.event_name !== 'AppendValue') return broken;
  if (!isText(first?.event_name) || (!isText(first.order_id) && !isText(first.event_id))) return parameterError(`Missing expected key "original_event_data" on param "${at}", with an event_name and an order_id or an event_id.`);
  const hasValue = isObject(custom) && (custom.net_revenue !== undefined || custom.predicted_ltv !== undefined);
  return hasValue ? null : parameterError(`Missing expected key "net_revenue" or "predicted_ltv" on param "${at}['custom_data']".`);
}
