/**
 * The `data` object of an event: its shape follows from the event's type, money is in the currency's smallest unit.
 * https://developers.openai.com/ads/supported-events
 */
import type { Answer } from '../../contract.ts';
import { isCurrency, isObject, isText } from '../../checks.ts';
import type { Json } from '../../checks.ts';
import { invalid, missing } from './errors.ts';

/** Each event name and the type of its data. */
export const dataTypes: Record<string, string> = {
  appointment_scheduled: 'customer_action', lead_created: 'customer_action', registration_completed: 'customer_action',
  app_installed: 'customer_action', app_opened: 'customer_action',
  checkout_started: 'contents', contents_viewed: 'contents', items_added: 'contents', order_created: 'contents', page_viewed: 'contents',
  subscription_created: 'plan_enrollment', trial_started: 'plan_enrollment',
  custom: 'custom',
};

const fields: Record<string, Set<string>> = {
  contents: new Set(['type', 'amount', 'currency', 'contents']),
  customer_action: new Set(['type', 'amount', 'currency']),
  plan_enrollment: new Set(['type', 'amount', 'currency', 'plan_id', 'contents']),
};
const contentFields = new Set(['id', 'group_id', 'name', 'content_type', 'quantity', 'amount', 'currency', 'variant_dict']);

export function brokenData(data: unknown, eventType: string, at: string): Answer | null {
  const type = dataTypes[eventType]!;
  if (data === undefined) return missing(at);
  if (!isObject(data)) return invalid(at, `${at} must be an object.`);
  if (data.type === undefined) return missing(`${at}.type`);
  if (data.type !== type) return invalid(`${at}.type`, `${at}.type must be ${type} for ${eventType}.`);
  // Only a custom event takes fields of its own.
  const unknown = Object.keys(data).find((key) => fields[type] && !fields[type].has(key));
  if (unknown) return invalid(`${at}.${unknown}`, `${at}.${unknown} is not a supported field.`);
  if (data.plan_id !== undefined && !isText(data.plan_id)) return invalid(`${at}.plan_id`, `${at}.plan_id must be a string.`);
  return brokenMoney(data, at, data.currency) ?? brokenContents(data.contents, `${at}.contents`, data.currency);
}

function brokenMoney(object: Json, at: string, currencyBehind: unknown): Answer | null {
  const { amount, currency } = object;
  if (amount !== undefined && !(Number.isSafeInteger(amount) && Number(amount) >= 0)) {
    return invalid(`${at}.amount`, `${at}.amount must be an integer in the currency's lowest denomination.`);
  }
  if (amount !== undefined && (currency ?? currencyBehind) === undefined) return missing(`${at}.currency`);
  return currency === undefined || isCurrency(currency) ? null : invalid(`${at}.currency`, `${at}.currency must be an ISO 4217 currency code.`);
}

function brokenContents(contents: unknown, at: string, currency: unknown): Answer | null {
  if (contents === undefined) return null;
  if (!Array.isArray(contents)) return invalid(at, `${at} must be an array.`);
  for (const [index, content] of (contents as unknown[]).entries()) {
    const broken = brokenContent(content, `${at}[${index}]`, currency);
    if (broken) return broken;
  }
  return null;
}

function brokenContent(content: unknown, at: string, currency: unknown): Answer | null {
  if (!isObject(content)) return invalid(at, `${at} must be an object.`);
  const unknown = Object.keys(content).find((key) => !contentFields.has(key));
  if (unknown) return invalid(`${at}.${unknown}`, `${at}.${unknown} is not a supported field.`);
  const notText = ['id', 'group_id', 'name', 'content_type'].find((key) => content[key] !== undefined && !isText(content[key]));
  if (notText) return invalid(`${at}.${notText}`, `${at}.${notText} must be a string.`);
  if (content.quantity !== undefined && !Number.isInteger(content.quantity)) return invalid(`${at}.quantity`, `${at}.quantity must be an integer.`);
  return brokenMoney(content, at, currency);
}
