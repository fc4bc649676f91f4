import type { OutboundEvent } from './contract.ts';
import { moneyOf } from './money.ts';

/** Why an event cannot be sent, as sentences for the affiliate; null where nothing is in the way. */

/** Event names: 1 to `max` characters, and nothing unprintable. */
export const nameProblem = ({ name }: OutboundEvent, max = 50): string | null =>
  name.trim() === '' || name.length > max || /\p{Cc}/u.test(name)
    ? `The event name "${name.slice(0, max)}" cannot be sent: it must have 1 to ${max} printable characters.`
    : null;

/** For platforms that refuse an event of this name which does not say what it is worth. */
export const valueProblem = (event: OutboundEvent, name: string): string | null => {
  if (event.name !== name || moneyOf(event) || hasOwnMoney(event)) return null;
  if (event.value === null) return `${name} needs a value, and no report of this conversion has named an amount yet.`;
  return `${name} needs a value with a currency: "${event.value} ${event.currency ?? ''}" is none.`;
};

/** Whether the event's own keys, which win, say what it is worth. */
const hasOwnMoney = ({ custom }: OutboundEvent): boolean => custom['value'] !== undefined && custom['value'] !== null && typeof custom['currency'] === 'string';

/** Consent that was refused; what is unknown is no refusal. */
export const consentProblem = ({ click }: OutboundEvent, platform: string): string | null =>
  click?.consent.adUserData === false || click?.consent.adStorage === false
    ? `The visitor refused that their data is used for advertising, so nothing is sent to ${platform}.`
    : null;
