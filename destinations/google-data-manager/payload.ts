import type { ActionSource, BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { consentOf } from '../google/consent.ts';
import { actionOf, actionsOf, warnOfPlaceholder } from '../google/conversion-action.ts';
import { type JsonValue, numberOf, toJson } from '../json-body.ts';
import { moneyOf } from '../money.ts';
import { cartOf } from './cart.ts';
import { customOf } from './custom.ts';
import type { DataManagerSettings } from './settings.ts';
import { AD_IDENTIFIERS, adIdentifiersOf, deviceInfoOf, userDataOf } from './user-data.ts';

const API = 'https://datamanager.googleapis.com/v1';
/** Destinations of one request (Data Manager API: "Limits"). */
const DESTINATIONS_MAX = 10;

/** EventSource; what is not here is OTHER. */
const SOURCES: Partial<Record<ActionSource, string>> = {
  website: 'WEB',
  app: 'APP',
  physical_store: 'IN_STORE',
  phone_call: 'PHONE',
  chat: 'MESSAGE',
  business_messaging: 'MESSAGE',
};

/** An event with what identifies it at Google; those of a correction come from what was sent. */
interface Identified {
  action: string;
  transactionId: string;
  eventTimestamp: string;
  adIdentifiers: Record<string, string>;
  event: OutboundEvent;
}

const ordinary = (event: OutboundEvent, settings: DataManagerSettings, ctx: BuildContext): Identified => ({
  action: actionOf(event, settings) ?? '',
  transactionId: event.transactionId,
  eventTimestamp: new Date(event.occurredAtMs).toISOString(),
  adIdentifiers: adIdentifiersOf(event, ctx),
  event,
});

/**
 * A correction repeats what was really sent and changes the value (Data Manager API: "Conversion adjustments"): there is no
 * retraction, so what is taken back becomes worth 0.
 */
const correction = (event: OutboundEvent, settings: DataManagerSettings, ctx: BuildContext): Identified => {
  const plain = ordinary(event, settings, ctx);
  const { original } = event;
  const restated = { ...event, value: event.kind === 'retract' ? '0' : event.value, currency: event.currency ?? original?.currency ?? null };
  if (!original) return { ...plain, event: restated };
  const sent = original.identifiers;
  return {
    action: sent['conversionActionId'] ?? plain.action,
    transactionId: sent['transactionId'] ?? original.transactionId,
    eventTimestamp: sent['eventTimestamp'] ?? new Date(original.occurredAtMs).toISOString(),
    adIdentifiers: Object.fromEntries(AD_IDENTIFIERS.flatMap((id) => (sent[id] ? [[id, sent[id]]] : []))),
    event: restated,
  };
};

const CONSENT = { granted: 'CONSENT_GRANTED', denied: 'CONSENT_DENIED' };

const eventBody = ({ transactionId, eventTimestamp, adIdentifiers, event }: Identified, settings: DataManagerSettings, ctx: BuildContext): Record<string, JsonValue> => {
  const money = moneyOf(event, ctx);
  return {
    transactionId: transactionId || undefined,
    eventTimestamp,
    eventSource: SOURCES[event.actionSource ?? 'website'] ?? 'OTHER',
    adIdentifiers: Object.keys(adIdentifiers).length > 0 ? adIdentifiers : undefined,
    userData: userDataOf(event, settings, ctx),
    ...moneyFields(event, money),
    eventDeviceInfo: deviceInfoOf(event, settings, ctx),
    cartData: cartOf(event, adIdentifiers, ctx),
    consent: consentOf(event, settings, CONSENT) as JsonValue,
    ...(event.kind !== 'retract' && customOf(event)),
  };
};

/** What is taken back is worth 0 whether or not a currency was ever said. */
const moneyFields = ({ kind }: OutboundEvent, money: ReturnType<typeof moneyOf>) => {
  if (money) return { conversionValue: numberOf(money.value), currency: money.currency };
  return kind === 'retract' ? { conversionValue: 0 } : {};
};

const destinationOf = (action: string, { operatingAccountId, loginAccountId }: DataManagerSettings) => ({
  operatingAccount: { accountType: 'GOOGLE_ADS', accountId: operatingAccountId },
  loginAccount: loginAccountId ? { accountType: 'GOOGLE_ADS', accountId: loginAccountId } : undefined,
  productDestinationId: action,
});

const headersOf = ({ quotaProject }: DataManagerSettings, { accessToken }: BuildContext): Record<string, string> => ({
  accept: 'application/json',
  ...(accessToken && { authorization: `Bearer ${accessToken}` }),
  ...(quotaProject && { 'x-goog-user-project': quotaProject }),
});

const ingest = (bodies: Record<string, JsonValue>[], actions: string[], settings: DataManagerSettings, ctx: BuildContext) => ({
  method: 'POST' as const,
  url: `${API}/events:ingest`,
  headers: { 'content-type': 'application/json', ...headersOf(settings, ctx) },
  body: toJson({
    destinations: actions.map((action) => destinationOf(action, settings)),
    events: bodies,
    encoding: bodies.some((body) => body['userData']) ? 'HEX' : undefined,
    validateOnly: ctx.validateOnly ? true : undefined,
  }),
  secrets: ctx.accessToken ? [ctx.accessToken] : [],
});

/** Every event goes to every destination of its request: events that share one have the same action, see `together`. */
const ingestAll = (events: Identified[], settings: DataManagerSettings, ctx: BuildContext): PlatformRequest => {
  warnOfPlaceholder(settings, ctx);
  return {
    ...ingest(events.map((event) => eventBody(event, settings, ctx)), [...new Set(events.map(({ action }) => action))], settings, ctx),
    sent: events.map(({ action, transactionId, eventTimestamp, adIdentifiers }) => ({
      ...(transactionId && { transactionId }),
      conversionActionId: action,
      eventTimestamp,
      ...adIdentifiers,
    })),
  };
};

export const build = (events: OutboundEvent[], settings: DataManagerSettings, ctx: BuildContext): PlatformRequest =>
  ingestAll(events.map((event) => ordinary(event, settings, ctx)), settings, ctx);

export const buildCorrection = (event: OutboundEvent, settings: DataManagerSettings, ctx: BuildContext): PlatformRequest =>
  ingestAll([correction(event, settings, ctx)], settings, ctx);

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
  const sample = {
    transactionId: 'tributary-check',
    eventTimestamp: new Date(ctx.nowMs).toISOString(),
    eventSource: 'WEB',
    adIdentifiers: { gclid: 'tributary-check' },
  };
  return { ...ingest([sample], actionsOf(settings).slice(0, DESTINATIONS_MAX), settings, { ...ctx, validateOnly: true }), sent: [] };
};
