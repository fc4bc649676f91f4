import type { BuildContext, ContentItem, OutboundEvent } from '../contract.ts';
import { asObject, isDecimal, numberOf, type JsonValue } from '../json-body.ts';
import { moneyOf, withCustom } from '../money.ts';
import { pageOf, referrerOf } from '../visitor.ts';
import { isParamName, NAME_MAX, PARAMS_MAX, TEXT_MAX } from './names.ts';

/** Google Analytics: "Recommended events", parameters. */
export const paramsOf = (event: OutboundEvent, session: string | undefined, ctx: BuildContext): Record<string, JsonValue> => {
  const money = moneyOf(event, ctx);
  const items = event.contents.map((item) => itemOf(item, ctx)).filter(({ item_id, item_name }) => item_id !== undefined || item_name !== undefined);
  return withinLimits(
    withCustom({
      transaction_id: transactionIdOf(event),
      ...(money && { currency: money.currency, value: numberOf(money.value) }),
      ...(items.length > 0 && { items }),
      session_id: session,
      // Without a time of engagement the event is missing in most reports; the least one is stated, since none was measured.
      engagement_time_msec: 1,
      page_location: pageOf(event) ?? undefined,
      page_referrer: referrerOf(event) ?? undefined,
    }, event) ?? {},
    ctx,
  );
};

/** A purchase is known by its transaction id; other events carry one where the report named an order. */
export const transactionIdOf = ({ name, transactionId, orderId }: OutboundEvent): string | undefined =>
  (name === 'purchase' || orderId !== null ? transactionId : '') || undefined;

const number = (decimal: string | null) => (decimal !== null && isDecimal(decimal) ? numberOf(decimal) : undefined);

const itemOf = ({ id, name, category, brand, quantity, price }: ContentItem, ctx: BuildContext) => ({
  item_id: short(id, 'item_id', ctx),
  item_name: short(name, 'item_name', ctx),
  item_brand: short(brand, 'item_brand', ctx),
  item_category: short(category, 'item_category', ctx),
  price: number(price),
  quantity: number(quantity),
});

const short = (text: string | null, key: string, ctx: BuildContext): string | undefined => {
  if (text === null || text === '') return undefined;
  if (text.length <= TEXT_MAX) return text;
  ctx.warn?.(`${key} is left out: Google Analytics takes no text of more than ${TEXT_MAX} characters.`);
  return undefined;
};

/** What Google Analytics would drop without a word is left out aloud. */
const withinLimits = (params: Record<string, JsonValue>, ctx: BuildContext): Record<string, JsonValue> => {
  const fitting = Object.entries(params).filter(([key, value]) => {
    const problem = problemOf(key, value);
    if (problem) ctx.warn?.(`${key.slice(0, NAME_MAX)} is left out: ${problem}`);
    return problem === null;
  });
  for (const [key] of fitting.slice(PARAMS_MAX)) ctx.warn?.(`${key} is left out: Google Analytics takes ${PARAMS_MAX} parameters.`);
  return Object.fromEntries(fitting.slice(0, PARAMS_MAX));
};

const problemOf = (key: string, value: JsonValue): string | null => {
  if (!isParamName(key)) return `Google Analytics takes parameter names of up to ${NAME_MAX} letters, digits and underscores that are not reserved.`;
  if (typeof value === 'string' && value.length > TEXT_MAX) return `Google Analytics takes no text of more than ${TEXT_MAX} characters.`;
  if (key === 'items' && !Array.isArray(value)) return 'Google Analytics takes a list of items.';
  if (key !== 'items' && Array.isArray(value)) return 'Google Analytics takes no list here.';
  if (asObject(value)) return 'Google Analytics takes a text or a number.';
  return null;
};
