import type { BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { asObject, asText, type JsonValue, toJson } from '../json-body.ts';
import { moneyOf } from '../money.ts';
import { targetOf } from '../targets.ts';
import { type LinkedinSettings, urnOf } from './settings.ts';
import { CUSTOM_KEYS, ID_TYPES, userOf } from './user-data.ts';

const EVENTS_URL = 'https://api.linkedin.com/rest/conversionEvents';

export const ruleOf = (event: OutboundEvent, { conversionId, conversions }: LinkedinSettings): string | undefined =>
  targetOf(event, conversions, conversionId);

/** LinkedIn: "Conversions API Schema". It has no field for an order or its contents. */
const elementOf = (event: OutboundEvent, settings: LinkedinSettings, ctx: BuildContext) => ({
  conversion: urnOf(ruleOf(event, settings) ?? ''),
  conversionHappenedAt: Math.floor(event.occurredAtMs),
  conversionValue: valueOf(event, ctx),
  // An empty one would be the same for all of them.
  eventId: event.eventId || undefined,
  user: userOf(event, ctx),
});

const OWN_KEYS: readonly string[] = ['conversionValue', ...CUSTOM_KEYS];

/** The amount is text. LinkedIn refuses a field that it does not know, so of the event's own keys only a few can go out. */
const valueOf = (event: OutboundEvent, ctx: BuildContext): JsonValue => {
  const { conversionValue } = event.custom;
  for (const key of Object.keys(event.custom)) if (!OWN_KEYS.includes(key)) ctx.warn?.(`${key} is left out: LinkedIn has no such field.`);
  const own = asObject(conversionValue);
  const amount = asText(own?.['amount']);
  const given = own && amount !== null ? { value: amount, currency: asText(own['currencyCode']) } : null;
  if (conversionValue !== undefined && conversionValue !== null && !given) ctx.warn?.('conversionValue is left out: LinkedIn wants its currencyCode and amount.');
  const money = (given && moneyOf(given, ctx)) ?? moneyOf(event, ctx);
  return money ? { currencyCode: money.currency, amount: money.value } : undefined;
};

export const requestTo = (settings: LinkedinSettings, body: string, isBatch: boolean, ctx: BuildContext): Omit<PlatformRequest, 'sent'> => ({
  method: 'POST',
  url: EVENTS_URL,
  headers: {
    'content-type': 'application/json',
    accept: 'application/json',
    authorization: `Bearer ${ctx.accessToken ?? settings.accessToken}`,
    'linkedin-version': settings.apiVersion,
    'x-restli-protocol-version': '2.0.0',
    ...(isBatch && { 'x-restli-method': 'BATCH_CREATE' }),
  },
  body,
});

/** One event goes alone, several as `elements` (LinkedIn: "Streaming conversion events"). */
export const build = (events: OutboundEvent[], settings: LinkedinSettings, ctx: BuildContext): PlatformRequest => {
  const elements = events.map((event) => elementOf(event, settings, ctx));
  const isBatch = elements.length !== 1;
  return {
    ...requestTo(settings, toJson(isBatch ? { elements } : elements[0]), isBatch, ctx),
    sent: elements.map(({ conversion, conversionHappenedAt, eventId, user }) => {
      const clicked = user.userIds.find(({ idType }) => idType === ID_TYPES.li_fat_id);
      return { ...(eventId && { eventId }), conversion, conversionHappenedAt: String(conversionHappenedAt), ...(clicked && { li_fat_id: clicked.idValue }) };
    }),
  };
};
