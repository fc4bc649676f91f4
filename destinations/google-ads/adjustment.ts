import type { BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { actionOf, warnOfPlaceholder } from '../google/conversion-action.ts';
import { restatedMoneyOf, restatementProblem } from '../google/restatement.ts';
import { numberOf } from '../json-body.ts';
import { dateTimeIn, momentOf } from './date-time.ts';
import { actionName, upload } from './payload.ts';
import type { GoogleAdsSettings } from './settings.ts';

/**
 * Google Ads API: "Upload conversion adjustments". A conversion that went out with an order id is adjusted by it alone, any
 * other by its gclid and time; both together are refused (GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET).
 */
const adjustmentOf = (event: OutboundEvent, settings: GoogleAdsSettings) => {
  const sent = event.original?.identifiers ?? {};
  const conversionDateTime = sent['conversionDateTime'] ?? dateTimeIn(event.original?.occurredAtMs ?? event.occurredAtMs, settings.timeZone);
  const orderId = sent['orderId'] ?? (event.original ? undefined : event.transactionId || undefined);
  const money = restatedMoneyOf(event);
  return {
    conversionAction: sent['conversionAction'] ?? actionName(actionOf(event, settings) ?? '', settings),
    adjustmentType: event.kind === 'retract' ? 'RETRACTION' : 'RESTATEMENT',
    adjustmentDateTime: dateTimeIn(Math.max(event.occurredAtMs, afterMs(event, conversionDateTime)), settings.timeZone),
    ...(orderId ? { orderId } : { gclidDateTimePair: { gclid: sent['gclid'], conversionDateTime } }),
    // A retraction sets value and count to zero and must not carry a value.
    ...(event.kind !== 'retract' && money && { restatementValue: { adjustedValue: numberOf(money.value), currencyCode: money.currency } }),
  };
};

/** Adjustments lie after their conversion (ADJUSTMENT_PRECEDES_CONVERSION), as Google sees it in whole seconds. */
const afterMs = ({ original }: OutboundEvent, conversionDateTime: string): number => {
  if (!original) return 0;
  const sentMs = momentOf(conversionDateTime);
  return (Number.isNaN(sentMs) ? Math.floor(original.occurredAtMs / 1000) * 1000 : sentMs) + 1000;
};

export const adjustmentProblem = (event: OutboundEvent): string | null => {
  const sent = event.original?.identifiers ?? {};
  if (sent['wbraid']) return 'Google adjusts no conversion of a wbraid: it stands as it was sent.';
  if (event.original && !sent['orderId'] && !sent['gclid']) return 'Google finds a conversion again by its order id or gclid, and it was sent with neither.';
  return restatementProblem(event);
};

export const buildAdjustment = (event: OutboundEvent, settings: GoogleAdsSettings, ctx: BuildContext): PlatformRequest => {
  warnOfPlaceholder(settings, ctx);
  const adjustment = adjustmentOf(event, settings);
  const { gclidDateTimePair, orderId, conversionAction, adjustmentDateTime } = { orderId: undefined, gclidDateTimePair: undefined, ...adjustment };
  return {
    ...upload('uploadConversionAdjustments', 'conversionAdjustments', [adjustment], settings, ctx),
    sent: [{
      conversionAction,
      adjustmentDateTime,
      ...(orderId && { orderId }),
      ...(gclidDateTimePair?.gclid && { gclid: gclidDateTimePair.gclid }),
      ...(event.original?.identifiers['conversionDateTime'] && { conversionDateTime: event.original.identifiers['conversionDateTime'] }),
    }],
  };
};
