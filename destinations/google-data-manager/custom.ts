import type { OutboundEvent } from '../contract.ts';
import type { JsonValue } from '../json-body.ts';

/** Fields of an event that a caller may set in Google's own spelling (Data Manager API: Event). */
const FIELDS = new Set([
  'conversionValue', 'currency', 'conversionCount', 'cartData', 'customVariables', 'userProperties', 'eventLocation', 'experimentalFields',
  'lastUpdatedTimestamp', 'eventName', 'clientId', 'userId', 'additionalEventParameters',
]);

const textOf = (value: JsonValue): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;

/** An event's own keys: Google's fields as they are, any other as a custom variable of that name. */
export const customOf = ({ custom }: Pick<OutboundEvent, 'custom'>): Record<string, JsonValue> => {
  const entries = Object.entries(custom).filter(([, value]) => value !== null && value !== undefined);
  const variables = entries
    .filter(([key]) => !FIELDS.has(key))
    .map(([variable, value]) => ({ variable, value: textOf(value) ?? JSON.stringify(value) }));
  return {
    ...(variables.length > 0 && { customVariables: variables }),
    ...Object.fromEntries(entries.filter(([key]) => FIELDS.has(key))),
  };
};
