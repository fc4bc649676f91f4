import { percentEncoded } from '../query.ts';
import type { BuildContext, OutboundEvent, PlatformRequest } from '../contract.ts';
import { toJson, type JsonValue } from '../json-body.ts';
import { paramsOf, transactionIdOf } from './params.ts';
import type { Ga4Settings } from './settings.ts';
import { knownIds, personalData } from './user-data.ts';

const HOSTS = { global: 'www.google-analytics.com', eu: 'region1.google-analytics.com' };

/** The secret is a part of the address; the deliverer cuts it from every record. */
export const post = ({ measurementId, apiSecret, region }: Ga4Settings, path: string, body: JsonValue) => ({
  method: 'POST' as const,
  url: `https://${HOSTS[region] ?? HOSTS.global}${path}?measurement_id=${percentEncoded(measurementId)}&api_secret=${percentEncoded(apiSecret)}`,
  headers: { 'content-type': 'application/json' },
  body: toJson(body),
});

/** Times have at most three decimals of a millisecond, which a float does not hold exactly. */
export const microsOf = (ms: number): number => Math.round(ms * 1000);

const grant = (given: boolean | undefined): 'GRANTED' | 'DENIED' | undefined => (given === undefined ? undefined : given ? 'GRANTED' : 'DENIED');

const consentOf = ({ click }: OutboundEvent) => {
  const consent = { ad_user_data: grant(click?.consent.adUserData), ad_personalization: grant(click?.consent.adPersonalization) };
  return consent.ad_user_data || consent.ad_personalization ? consent : undefined;
};

/** What stands once in a request, for all of its events (Measurement Protocol: "Payload"). */
const envelopeOf = (event: OutboundEvent, ctx?: BuildContext) => {
  const { clientId, userId } = knownIds(event, ctx);
  const { userData, ip } = personalData(event, ctx);
  return {
    client_id: clientId,
    user_id: userId,
    timestamp_micros: microsOf(event.occurredAtMs),
    consent: consentOf(event),
    user_data: userData,
    ip_override: ip,
  };
};

/** Events of one visitor at one moment share a request. */
export const together = (event: OutboundEvent): string => toJson(envelopeOf(event));

export const build = (events: OutboundEvent[], settings: Ga4Settings, ctx: BuildContext): PlatformRequest => {
  const first = events[0]!;
  const envelope = envelopeOf(first, ctx);
  const known = events.map((event) => knownIds(event));
  return {
    ...post(settings, '/mp/collect', {
      ...envelope,
      events: events.map((event, index) => ({ name: event.name, params: paramsOf(event, known[index]?.sessionId, ctx) })),
    }),
    sent: events.map((event, index) => sentOf(event, known[index]!)),
  };
};

const sentOf = (event: OutboundEvent, { clientId, sessionId, userId }: ReturnType<typeof knownIds>): Record<string, string> => {
  const transactionId = transactionIdOf(event);
  return {
    name: event.name,
    timestampMicros: String(microsOf(event.occurredAtMs)),
    ...(clientId && { clientId }),
    ...(sessionId && { sessionId }),
    ...(userId && { userId }),
    ...(transactionId && { transactionId }),
  };
};
