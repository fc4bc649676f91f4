import type { BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { clickIdOf } from '../google/click-ids.ts';
import { consentOf } from '../google/consent.ts';
import { actionOf, actionsOf, warnOfPlaceholder } from '../google/conversion-action.ts';
import { type JsonValue, numberOf, toJson } from '../json-body.ts';
import { moneyOf } from '../money.ts';
import { customOf } from './custom.ts';
import { dateTimeIn } from './date-time.ts';
import type { GoogleAdsSettings } from './settings.ts';
import { userIdentifiersOf } from './user-data.ts';

const CONSENT = { granted: 'GRANTED', denied: 'DENIED' };

export const actionName = (action: string, { customerId }: GoogleAdsSettings): string => `customers/${customerId}/conversionActions/${action}`;

/**
 * Google Ads API: ClickConversion. Left out on purpose: conversionEnvironment, userIpAddress and session attributes, which
 * only accounts on a list may send (CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE). The order id always goes out, since a
 * conversion is retracted by it; an empty one would be refused.
 */
const conversionOf = (event: OutboundEvent, settings: GoogleAdsSettings, ctx: BuildContext) => {
  const money = moneyOf(event, ctx);
  return {
    conversionAction: actionName(actionOf(event, settings) ?? '', settings),
    conversionDateTime: dateTimeIn(event.occurredAtMs, settings.timeZone),
    ...(clickIdOf(event) as { gclid?: string; gbraid?: string; wbraid?: string }),
    ...(money && { conversionValue: numberOf(money.value), currencyCode: money.currency }),
    orderId: event.transactionId || undefined,
    userIdentifiers: userIdentifiersOf(event, settings, ctx),
    consent: consentOf(event, settings, CONSENT) as JsonValue,
    cartData: cartOf(event, ctx),
    ...customOf(event, settings, ctx),
  };
};

/** Google Ads API: CartData. A product has an id; quantities are whole numbers. */
const cartOf = ({ contents }: OutboundEvent, ctx: BuildContext) => {
  const items = contents.filter(({ id }) => id !== null).map(({ id, quantity, price }) => ({
    productId: id,
    quantity: quantity === null ? undefined : numberOf(quantity),
    unitPrice: price === null ? undefined : numberOf(price),
  }));
  if (items.length < contents.length) ctx.warn?.('A content without an id is left out of cartData.');
  return items.length > 0 ? { items } : undefined;
};

/** A request to one of the account's upload methods. */
export const upload = (
  method: 'uploadClickConversions' | 'uploadConversionAdjustments', key: 'conversions' | 'conversionAdjustments', rows: JsonValue[],
  { apiVersion, customerId, loginCustomerId, developerToken }: GoogleAdsSettings, { accessToken, validateOnly }: BuildContext,
) => ({
  method: 'POST' as const,
  url: `https://googleads.googleapis.com/${apiVersion}/customers/${customerId}:${method}`,
  headers: {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    'developer-token': developerToken,
    ...(loginCustomerId && { 'login-customer-id': loginCustomerId }),
  },
  // "This should always be set to true": one bad conversion must not keep the others out.
  body: toJson({ [key]: rows, partialFailure: true, validateOnly: validateOnly ? true : undefined }),
  secrets: accessToken ? [accessToken] : [],
});

export const build = (events: OutboundEvent[], settings: GoogleAdsSettings, ctx: BuildContext): PlatformRequest => {
  warnOfPlaceholder(settings, ctx);
  const conversions = events.map((event) => conversionOf(event, settings, ctx));
  return {
    ...upload('uploadClickConversions', 'conversions', conversions, settings, ctx),
    sent: conversions.map(({ conversionAction, conversionDateTime, orderId, gclid, gbraid, wbraid }) => ({
      conversionAction,
      conversionDateTime,
      ...(orderId && { orderId }),
      ...(gclid && { gclid }),
      ...(gbraid && { gbraid }),
      ...(wbraid && { wbraid }),
    })),
  };
};

/** One sample for each conversion action, validated and forgotten: token, account and actions are looked at, nothing is counted. */
export const check = (settings: GoogleAdsSettings, ctx: BuildContext): PlatformRequest => {
  const samples = actionsOf(settings).map((action) => ({
    conversionAction: actionName(action, settings),
    conversionDateTime: dateTimeIn(ctx.nowMs, settings.timeZone),
    gclid: 'tributary-check',
  }));
  return { ...upload('uploadClickConversions', 'conversions', samples, settings, { ...ctx, validateOnly: true }), sent: [] };
};
