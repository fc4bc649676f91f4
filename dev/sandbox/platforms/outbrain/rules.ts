/**
 * What Outbrain needs in a server-to-server pixel before a conversion shows in its dashboard.
 * https://www.outbrain.com/help/jp/advertisers/jp_server2server-integrations/
 */
import { isCurrency, looksHashed } from '../../checks.ts';

export interface Conversion {
  name: string;
  orderId: string | null;
  orderValue: number | null;
  currency: string | null;
}

/** Names are case-sensitive: an `orderid` is a parameter that Outbrain does not know. */
const known = new Set(['ob_click_id', 'name', 'orderId', 'orderValue', 'currency']);

/** null: a conversion that Outbrain would not count, or not as it was meant. */
export function readConversion(query: URLSearchParams): Conversion | null {
  if ([...query.keys()].some((key) => !known.has(key) || query.getAll(key).length > 1)) return null;
  // A macro that was not replaced is no value.
  if ([...query.values()].some((value) => value.trim() === '' || /[{}[\]]/.test(value))) return null;
  const clickId = query.get('ob_click_id');
  const name = query.get('name');
  const orderValue = query.get('orderValue');
  const currency = query.get('currency');
  if (!clickId || !name || looksHashed(clickId)) return null;
  if (orderValue !== null && !/^\d+(\.\d+)?$/.test(orderValue)) return null;
  if (currency !== null && !isCurrency(currency)) return null;
  return { name, orderId: query.get('orderId'), orderValue: orderValue === null ? null : Number(orderValue), currency };
}
