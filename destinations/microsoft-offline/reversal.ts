import type { BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { numberOf } from '../json-body.ts';
import { amountOf, goalOf, identityOf, post, utcOf } from './payload.ts';
import type { MicrosoftOfflineSettings } from './settings.ts';

/** What Microsoft finds the conversion by, byte for byte as it went out; hashes are not kept, so they are made again where there was no click id. */
const identityOfOriginal = (event: OutboundEvent, settings: MicrosoftOfflineSettings, ctx?: BuildContext) => {
  const { conversionTime, msclkid } = event.original?.identifiers ?? {};
  const { MicrosoftClickId, ...hashes } = identityOf(event, settings, ctx);
  const clickId = msclkid ?? (conversionTime ? undefined : MicrosoftClickId);
  return clickId ? { MicrosoftClickId: clickId } : hashes;
};

const conversionTimeOf = ({ original, occurredAtMs }: OutboundEvent): string =>
  original?.identifiers['conversionTime'] ?? utcOf(Math.floor((original?.occurredAtMs ?? occurredAtMs) / 1000));

export const reversalProblem = (event: OutboundEvent, settings: MicrosoftOfflineSettings): string | null => {
  const isKnown = Object.values(identityOfOriginal(event, settings)).some((id) => id !== undefined);
  if (!isKnown) return 'Microsoft cannot change a conversion whose click id is not known.';
  return event.kind === 'restate' && !amountOf(event) ? 'Microsoft needs the new value with its currency to restate a conversion.' : null;
};

/** Campaign Management: "OfflineConversionAdjustment Data Object". AdjustmentTime is strictly later than ConversionTime: an equal one is refused. */
export const buildReversal = (event: OutboundEvent, settings: MicrosoftOfflineSettings, ctx: BuildContext): PlatformRequest => {
  const { conversionName = goalOf(event, settings), msclkid } = event.original?.identifiers ?? {};
  const conversionTime = conversionTimeOf(event);
  const isRestated = event.kind === 'restate';
  const money = isRestated ? amountOf(event, ctx) : null;
  const adjustmentTime = utcOf(Math.max(Math.floor(event.occurredAtMs / 1000), Math.floor(Date.parse(conversionTime) / 1000) + 1));
  const adjustment = {
    ConversionName: conversionName,
    ConversionTime: conversionTime,
    ...identityOfOriginal(event, settings, ctx),
    AdjustmentType: isRestated ? 'Restate' : 'Retract',
    AdjustmentTime: adjustmentTime,
    ...(money && { AdjustmentValue: numberOf(money.value), AdjustmentCurrencyCode: money.currency }),
  };
  return {
    ...post(settings, 'OfflineConversionAdjustments/Apply', { OfflineConversionAdjustments: [adjustment] }, ctx),
    sent: [{ ...(conversionName && { conversionName }), conversionTime, adjustmentTime, ...(msclkid && { msclkid }) }],
  };
};
