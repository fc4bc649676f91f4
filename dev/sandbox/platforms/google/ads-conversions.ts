/** The conversions that Google Ads knows: which uploads repeat one, and what an adjustment may do to one. */
import { day, hour, isCurrency } from '../../checks.ts';
import type { Account, World } from '../../world.ts';
import { actionIdOf, actionProblems, orderIdProblems, timeOf, timeProblems } from './ads-rules.ts';
import type { Problem } from './ads-rules.ts';
import type { Adjustment, ClickConversion } from './ads-schema.ts';

interface Conversion { timeMs: number; currency: string | null; viaWbraid: boolean; retracted: boolean; adjustedAtMs: number | null }
export const conversionsOf = (world: World) => world.memory<Conversion>('google-ads conversions');

/** The identity of a conversion: its order id, or else its click and time. null where only a person's data identifies it. */
export function conversionKey(conversion: ClickConversion, account: Account): string | null {
  const action = `${account.account}/${actionIdOf(conversion.conversionAction)}`;
  if (conversion.orderId) return `${action}/order/${conversion.orderId}`;
  const click = conversion.gclid ?? conversion.gbraid ?? conversion.wbraid;
  return click ? `${action}/click/${click}/${timeOf(conversion.conversionDateTime)}` : null;
}

/** Repeats: of another item of the request (then neither is taken), or of a conversion that was taken before. */
export function repeatProblem(key: string, byOrderId: boolean, sameInRequest: number, world: World): Problem | null {
  if (sameInRequest > 1) return byOrderId ? { field: 'order_id', code: 'DUPLICATE_ORDER_ID' } : { field: '', code: 'DUPLICATE_CLICK_CONVERSION_IN_REQUEST' };
  if (!conversionsOf(world).has(key)) return null;
  return byOrderId ? { field: 'order_id', code: 'ORDER_ID_ALREADY_IN_USE' } : { field: '', code: 'CLICK_CONVERSION_ALREADY_EXISTS' };
}

/** A conversion that was uploaded with an order id is found by nothing else. */
export function adjustmentKey({ conversionAction, orderId, gclidDateTimePair }: Adjustment, account: Account): string {
  const action = `${account.account}/${actionIdOf(conversionAction)}`;
  return orderId ? `${action}/order/${orderId}` : `${action}/click/${gclidDateTimePair?.gclid}/${timeOf(gclidDateTimePair?.conversionDateTime)}`;
}

export function* adjustmentProblems(adjustment: Adjustment, account: Account, world: World): Generator<Problem> {
  const { conversionAction, adjustmentDateTime, adjustmentType, orderId, gclidDateTimePair: pair, restatementValue: restated, userIdentifiers, userAgent } = adjustment;
  yield* actionProblems(conversionAction, account);
  yield* timeProblems(adjustmentDateTime, 'adjustment_date_time', world.now());
  yield* orderIdProblems(orderId);
  if (!adjustmentType || adjustmentType === 'UNSPECIFIED' || adjustmentType === 'UNKNOWN') yield { field: 'adjustment_type', code: 'REQUIRED' };
  // Enhancements are for conversion actions of type WEBPAGE; those of the sandbox are of type UPLOAD_CLICKS.
  if (adjustmentType === 'ENHANCEMENT') yield { field: 'conversion_action', code: 'INVALID_CONVERSION_ACTION_TYPE' };
  else if (userIdentifiers?.length) yield { field: 'user_identifiers', code: 'VALUE_MUST_BE_UNSET' };
  else if (userAgent !== undefined) yield { field: 'user_agent', code: 'VALUE_MUST_BE_UNSET' };
  if (pair && orderId !== undefined) yield { field: 'order_id', code: 'GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET' };
  else if (!pair && orderId === undefined) yield { field: 'order_id', code: 'REQUIRED' };
  if (pair && !pair.gclid) yield { field: 'gclid_date_time_pair.gclid', code: 'REQUIRED' };
  if (pair) yield* timeProblems(pair.conversionDateTime, 'gclid_date_time_pair.conversion_date_time', world.now());
  if (adjustmentType === 'RETRACTION' && restated) yield { field: 'restatement_value', code: 'VALUE_MUST_BE_UNSET' };
  if (adjustmentType === 'RESTATEMENT' && restated?.adjustedValue === undefined) yield { field: 'restatement_value.adjusted_value', code: 'REQUIRED' };
  if (restated?.adjustedValue !== undefined && restated.adjustedValue < 0) yield { field: 'restatement_value.adjusted_value', code: 'TOO_LOW' };
  if (restated?.currencyCode !== undefined && !isCurrency(restated.currencyCode)) yield { field: 'restatement_value.currency_code', code: 'UNSUPPORTED' };
}

/** Whether a well-formed adjustment fits the conversion that it names. Conversions of a wbraid cannot be adjusted. */
export function misfit(adjustment: Adjustment, key: string, world: World): Problem | null {
  const conversion = conversionsOf(world).get(key);
  const adjustedAtMs = timeOf(adjustment.adjustmentDateTime)!;
  const ageMs = world.now() - (conversion?.timeMs ?? 0);
  if (!conversion || conversion.viaWbraid) return { field: '', code: 'CONVERSION_NOT_FOUND' };
  if (conversion.retracted) return { field: '', code: 'CONVERSION_ALREADY_RETRACTED' };
  if (ageMs > 54 * day) return { field: '', code: 'CONVERSION_EXPIRED' };
  if (adjustedAtMs <= conversion.timeMs) return { field: 'adjustment_date_time', code: 'ADJUSTMENT_PRECEDES_CONVERSION' };
  if (ageMs < 24 * hour) return { field: '', code: 'TOO_RECENT_CONVERSION' };
  if (adjustment.adjustmentType !== 'RESTATEMENT' || conversion.adjustedAtMs === null) return null;
  if (adjustedAtMs === conversion.adjustedAtMs) return { field: 'adjustment_date_time', code: 'RESTATEMENT_ALREADY_EXISTS' };
  return adjustedAtMs < conversion.adjustedAtMs ? { field: 'adjustment_date_time', code: 'MORE_RECENT_RESTATEMENT_FOUND' } : null;
}
