import { percentEncoded } from '../query.ts';
import type { BuildContext, ContentItem, OutboundEvent, PlatformRequest } from '../contract.ts';
import { isDecimal, numberOf, toJson, type JsonValue } from '../json-body.ts';
import { moneyOf, withCustom } from '../money.ts';
import { pageOf, referrerOf } from '../visitor.ts';
import type { MicrosoftSettings } from './settings.ts';
import { pageLoadIdOf, userDataOf } from './user-data.ts';

const PROVIDER = 'tributary';

export const PAGE_LOAD = 'pageLoad';

/** Microsoft Advertising: "Conversions API (CAPI)", Core data schema. All events but page loads are custom ones; their name is the action of a conversion goal. */
const eventOf = (event: OutboundEvent, ctx: BuildContext) => {
  const isPageLoad = event.name === PAGE_LOAD;
  return {
    eventType: isPageLoad ? PAGE_LOAD : 'custom',
    eventId: event.eventId || undefined,
    eventName: isPageLoad ? undefined : event.name,
    eventTime: Math.floor(event.occurredAtMs / 1000),
    eventSourceUrl: pageOf(event) ?? undefined,
    pageLoadId: pageLoadIdOf(event),
    referrerUrl: referrerOf(event) ?? undefined,
    adStorageConsent: consentOf(event),
    userData: userDataOf(event, ctx),
    customData: customDataOf(event, ctx, isPageLoad),
  };
};

/** What was denied Microsoft uses for nothing; where nothing is said it takes the consent for given. */
const consentOf = ({ click }: OutboundEvent): 'G' | 'D' | undefined => {
  const given = click?.consent.adStorage;
  return given === undefined ? undefined : given ? 'G' : 'D';
};

/** Page loads carry no revenue ("Variable revenue"). */
const customDataOf = (event: OutboundEvent, ctx: BuildContext, isPageLoad: boolean) => {
  const money = moneyOf(event, ctx);
  if (isPageLoad && money) ctx.warn?.('value is left out: a page load carries none.');
  const items = event.contents.map((item) => itemOf(item, ctx)).filter((item) => Object.values(item).some((part) => part !== undefined));
  return withCustom({
    ...(money && !isPageLoad && { value: numberOf(money.value), currency: money.currency }),
    transactionId: event.transactionId || undefined,
    ...(items.length > 0 && { items }),
  }, event);
};

const itemOf = ({ id, name, price, quantity }: ContentItem, ctx: BuildContext) => ({
  id: id ?? undefined,
  quantity: wholeNumber(quantity, ctx),
  price: price !== null && isDecimal(price) ? numberOf(price) : undefined,
  name: name ?? undefined,
});

const wholeNumber = (text: string | null, ctx: BuildContext) => {
  if (text === null) return undefined;
  if (/^\d+(\.0+)?$/.test(text)) return numberOf(text);
  ctx.warn?.(`quantity is left out: "${text}" is no whole number.`);
  return undefined;
};

/** The events that cannot be taken are left out and named in the answer; the others go. */
const post = ({ tagId, accessToken }: MicrosoftSettings, data: JsonValue[]) => ({
  method: 'POST' as const,
  url: `https://capi.uet.microsoft.com/v1/${percentEncoded(tagId)}/events`,
  headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${accessToken}` },
  body: toJson({ data, continueOnValidationError: true, dataProvider: PROVIDER }),
});

export const build = (events: OutboundEvent[], settings: MicrosoftSettings, ctx: BuildContext): PlatformRequest => {
  const data = events.map((event) => eventOf(event, ctx));
  return {
    ...post(settings, data),
    sent: data.map(({ eventId, eventTime, userData }, index) => ({
      ...(eventId && { eventId }),
      eventTime: String(eventTime),
      ...(userData.msclkid && { msclkid: userData.msclkid }),
      ...(events[index]?.transactionId && { transactionId: events[index].transactionId }),
    })),
  };
};

/** A request with no event in it: Microsoft looks at the token and then refuses the empty list, so nothing is ever counted. */
export const check = (settings: MicrosoftSettings): PlatformRequest => ({ ...post(settings, []), sent: [] });
