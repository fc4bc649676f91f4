import type { BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { numberOf, toJson } from '../json-body.ts';
import type { DataManagerSettings } from './settings.ts';
import { adIdentifiersOf, CLICK_IDS, userIdentifiersOf } from './user-data.ts';

const API = 'https://datamanager.googleapis.com/v1';
/** Destinations of one request (Data Manager API: "Limits"). */
const DESTINATIONS_MAX = 10;

export const actionFor = ({ name, event }: Pick<OutboundEvent, 'name' | 'event'>, { conversionActions }: DataManagerSettings) =>
  conversionActions[name] ?? conversionActions[event];

/** An ordinary event, or one that a sent event is restated with: Google tells them apart by the transaction id alone. */
interface DataManagerEvent {
  action: string;
  transactionId: string;
  eventTimestamp: string;
  adIdentifiers: Record<string, string>;
  value: string | null;
  currency: string | null;
  event: OutboundEvent;
}

const ordinary = (event: OutboundEvent, settings: DataManagerSettings): DataManagerEvent => ({
  action: actionFor(event, settings) ?? '',
  transactionId: event.transactionId,
  eventTimestamp: new Date(event.occurredAtMs).toISOString(),
  adIdentifiers: adIdentifiersOf(event),
  value: event.value,
  currency: event.currency,
  event,
});

/**
 * A correction repeats what was really sent and changes the value (Data Manager API: "Conversion adjustments"): there is no
 * retraction, so what is taken back becomes worth 0.
 */
const correction = (event: OutboundEvent, settings: DataManagerSettings): DataManagerEvent => {
  const plain = ordinary(event, settings);
  const { original } = event;
  const value = event.kind === 'retract' ? '0' : event.value;
  if (!original) return { ...plain, value };
  const sent = original.identifiers;
  const adIdentifiers = Object.fromEntries(CLICK_IDS.flatMap((id) => (sent[id] ? [[id, sent[id]]] : [])));
  return {
    ...plain,
    action: sent['conversionActionId'] ?? plain.action,
    transactionId: sent['transactionId'] ?? original.transactionId,
    eventTimestamp: sent['eventTimestamp'] ?? new Date(original.occurredAtMs).toISOString(),
    adIdentifiers,
    value,
    currency: event.currency ?? original.currency,
  };
};

const eventBody = ({ transactionId, eventTimestamp, adIdentifiers, value, currency, event }: DataManagerEvent, settings: DataManagerSettings) => {
  const userIdentifiers = userIdentifiersOf(event, settings);
  return {
    transactionId,
    eventTimestamp,
    eventSource: 'WEB',
    adIdentifiers: Object.keys(adIdentifiers).length > 0 ? adIdentifiers : undefined,
    userData: userIdentifiers.length > 0 ? { userIdentifiers } : undefined,
    ...(value !== null && { conversionValue: numberOf(value), currency: currency?.toUpperCase() }),
    consent: consentOf(event, settings),
  };
};

/** What the visitor said, else what the settings say; left out where neither does. */
const consentOf = ({ click }: OutboundEvent, { consentWhenUnknown }: DataManagerSettings) => {
  const inWords = (given = consentWhenUnknown === 'granted' ? true : undefined) =>
    given === undefined ? undefined : given ? 'CONSENT_GRANTED' : 'CONSENT_DENIED';
  const adUserData = inWords(click?.consent.adUserData);
  const adPersonalization = inWords(click?.consent.adPersonalization);
  return adUserData || adPersonalization ? { adUserData, adPersonalization } : undefined;
};

const destinationOf = (action: string, { customerId, loginCustomerId }: DataManagerSettings) => ({
  operatingAccount: { accountType: 'GOOGLE_ADS', accountId: customerId },
  loginAccount: loginCustomerId ? { accountType: 'GOOGLE_ADS', accountId: loginCustomerId } : undefined,
  productDestinationId: action,
});

const headersOf = ({ quotaProject }: DataManagerSettings, { accessToken }: BuildContext): Record<string, string> => ({
  accept: 'application/json',
  ...(accessToken && { authorization: `Bearer ${accessToken}` }),
  ...(quotaProject && { 'x-goog-user-project': quotaProject }),
});

const ingest = (events: DataManagerEvent[], actions: string[], settings: DataManagerSettings, ctx: BuildContext): PlatformRequest => {
  const bodies = events.map((event) => eventBody(event, settings));
  return {
    method: 'POST',
    url: `${API}/events:ingest`,
    headers: { 'content-type': 'application/json', ...headersOf(settings, ctx) },
    body: toJson({
      destinations: actions.map((action) => destinationOf(action, settings)),
      events: bodies,
      encoding: bodies.some((body) => body.userData) ? 'HEX' : undefined,
      validateOnly: ctx.validateOnly ? true : undefined,
    }),
    sent: events.map(({ action, transactionId, eventTimestamp, adIdentifiers }) => ({
      transactionId,
      conversionActionId: action,
      eventTimestamp,
      ...adIdentifiers,
    })),
    secrets: ctx.accessToken ? [ctx.accessToken] : [],
  };
};

const ingestAll = (events: DataManagerEvent[], settings: DataManagerSettings, ctx: BuildContext): PlatformRequest =>
  ingest(events, [...new Set(events.map(({ action }) => action))], settings, ctx);

export const build = (events: OutboundEvent[], settings: DataManagerSettings, ctx: BuildContext): PlatformRequest =>
  ingestAll(events.map((event) => ordinary(event, settings)), settings, ctx);

export const buildCorrection = (event: OutboundEvent, settings: DataManagerSettings, ctx: BuildContext): PlatformRequest =>
  ingestAll([correction(event, settings)], settings, ctx);

/** Asks what became of an accepted request. */
export const buildStatus = (receipt: string, settings: DataManagerSettings, ctx: BuildContext): PlatformRequest => ({
  method: 'GET',
  url: `${API}/requestStatus:retrieve?requestId=${encodeURIComponent(receipt)}`,
  headers: headersOf(settings, ctx),
  body: null,
  sent: [{}],
  secrets: ctx.accessToken ? [ctx.accessToken] : [],
});

/** A request that Google validates and forgets: accounts, rights and every conversion action (up to ten) are looked at. */
export const check = (settings: DataManagerSettings, ctx: BuildContext): PlatformRequest => {
  const actions = Object.values(settings.conversionActions).slice(0, DESTINATIONS_MAX);
  const sample: DataManagerEvent = {
    action: actions[0] ?? '',
    transactionId: 'tributary-check',
    eventTimestamp: new Date(ctx.nowMs).toISOString(),
    adIdentifiers: { gclid: 'tributary-check' },
    value: null,
    currency: null,
    event: { click: null, user: {} } as OutboundEvent,
  };
  return { ...ingest([sample], [...new Set(actions)], settings, { ...ctx, validateOnly: true }), sent: [] };
};
