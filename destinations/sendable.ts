import type { OutboundEvent } from './contract.ts';
import { isDecimal } from './json-body.ts';

/** Why an event cannot be sent, as sentences for the affiliate; null where nothing is in the way. */

const NAME_MAX = 50;

/** Custom event names: at most 50 characters (Meta Pixel: "Custom events"), and nothing unprintable. */
export const nameProblem = ({ name }: OutboundEvent): string | null =>
  name.trim() === '' || name.length > NAME_MAX || /\p{Cc}/u.test(name)
    ? `The event name "${name.slice(0, NAME_MAX)}" cannot be sent: it must have 1 to ${NAME_MAX} printable characters.`
    : null;

/** An amount without a currency would be taken for the account's own. */
export const moneyProblem = ({ name, value, currency }: OutboundEvent): string | null => {
  if (value === null) return null;
  if (!isDecimal(value)) return `${name} has the value "${value}", which is not a number.`;
  if (!currency) return `${name} has a value but no currency: the network named none, and the integration has no default currency.`;
  if (!/^[A-Za-z]{3}$/.test(currency)) return `${name} has the currency "${currency}", which is not a three-letter code.`;
  return null;
};

/** Meta and TikTok refuse a Purchase that says not what it is worth. */
export const purchaseProblem = ({ name, value }: OutboundEvent): string | null =>
  name === 'Purchase' && value === null ? 'Purchase needs a value, and no report of this conversion has named an amount yet.' : null;

export const consentProblem = ({ click }: OutboundEvent, platform: string): string | null =>
  click?.consent.adUserData === false || click?.consent.adStorage === false
    ? `The visitor refused that their data is used for advertising, so nothing is sent to ${platform}.`
    : null;
