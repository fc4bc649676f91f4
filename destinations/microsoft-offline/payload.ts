import type { BuildContext, Destination, OutboundEvent, PlatformRequest } from '../contract.ts';
import { idsOf, one, personOf } from '../fields.ts';
import { asText, numberOf, toJson, type JsonValue } from '../json-body.ts';
import { clickId, hashedEmail, hashedPhone } from '../microsoft/person.ts';
import { moneyOf, withCustom, type Money } from '../money.ts';
import { targetOf } from '../targets.ts';
import type { MicrosoftOfflineSettings } from './settings.ts';

const API = 'https://campaign.api.bingads.microsoft.com/CampaignManagement/v13';

export const person: Destination['person'] = { email: hashedEmail, phone: hashedPhone };
export const ids: Destination['ids'] = { msclkid: clickId };

export const post = (settings: MicrosoftOfflineSettings, path: string, body: JsonValue, ctx: BuildContext) => ({
  method: 'POST' as const,
  url: `${API}/${path}`,
  headers: {
    'content-type': 'application/json',
    accept: 'application/json',
    authorization: `Bearer ${ctx.accessToken ?? ''}`,
    DeveloperToken: settings.developerToken,
    CustomerId: settings.customerId,
    CustomerAccountId: settings.customerAccountId,
  },
  body: toJson(body),
});

/** The goal that an event counts for. Where no goal is named at all, one of the event's own name is meant. */
export const goalOf = (event: OutboundEvent, { conversionName, conversionNames }: MicrosoftOfflineSettings): string | undefined =>
  targetOf(event, conversionNames, conversionName) ?? (conversionName || conversionNames ? undefined : event.name);

/** What Microsoft can find the click by. */
export const identityOf = (event: OutboundEvent, { sendUserData }: MicrosoftOfflineSettings, ctx?: Pick<BuildContext, 'warn'>) => {
  const known = sendUserData === false ? {} : personOf(event, person, ctx);
  return {
    MicrosoftClickId: idsOf(event, ids, ctx)['msclkid'],
    HashedEmailAddress: one(known.email),
    HashedPhoneNumber: one(known.phone),
  };
};

/** Coordinated Universal Time in whole seconds: a correction has to name the very same time. */
export const utcOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** "The conversion value is invalid (e.g., exceeds the maximum allowed value or is negative)." */
export const amountOf = (event: Pick<OutboundEvent, 'value' | 'currency'>, ctx?: Pick<BuildContext, 'warn'>): Money | null => {
  const money = moneyOf(event, ctx);
  if (!money?.value.startsWith('-')) return money;
  ctx?.warn?.(`The value ${money.value} is left out: Microsoft takes no negative one.`);
  return null;
};

/** Campaign Management: "OfflineConversion Data Object". */
const conversionOf = (event: OutboundEvent, settings: MicrosoftOfflineSettings, ctx: BuildContext) => {
  const money = amountOf(event, ctx);
  return withCustom({
    ConversionName: goalOf(event, settings),
    ConversionTime: utcOf(Math.floor(event.occurredAtMs / 1000)),
    ...identityOf(event, settings, ctx),
    ...(money && { ConversionValue: numberOf(money.value), ConversionCurrencyCode: money.currency }),
  }, event) ?? {};
};

export const build = (events: OutboundEvent[], settings: MicrosoftOfflineSettings, ctx: BuildContext): PlatformRequest => {
  const conversions = events.map((event) => conversionOf(event, settings, ctx));
  return { ...post(settings, 'OfflineConversions/Apply', { OfflineConversions: conversions }, ctx), sent: conversions.map(sentOf) };
};

const sentOf = (conversion: Record<string, JsonValue>): Record<string, string> => {
  const conversionName = asText(conversion['ConversionName']);
  const conversionTime = asText(conversion['ConversionTime']);
  const msclkid = asText(conversion['MicrosoftClickId']);
  return { ...(conversionName && { conversionName }), ...(conversionTime && { conversionTime }), ...(msclkid && { msclkid }) };
};
