import { createHmac } from 'node:crypto';
import type { OutboundEvent, PlatformRequest } from '../contract.ts';
import { numberOf, toJson } from '../json-body.ts';
import { pageOf, referrerOf } from '../visitor.ts';
import type { MetaSettings } from './settings.ts';
import { userDataOf } from './user-data.ts';

const PARTNER = 'tributary';

/** Meta: "Server Event Parameters". Offer and product names stay here: Meta's terms forbid data about health in them. */
const eventOf = (event: OutboundEvent) => {
  const userData = userDataOf(event);
  const page = pageOf(event) ?? undefined;
  return {
    event_name: event.name,
    event_time: Math.floor(event.occurredAtMs / 1000),
    event_id: event.eventId,
    // `website` demands both the page and the browser; a report without them was made by a system.
    action_source: page && userData.client_user_agent ? 'website' : 'system_generated',
    event_source_url: page,
    referrer_url: referrerOf(event) ?? undefined,
    user_data: userData,
    custom_data: customDataOf(event),
    ...(event.click?.consent.limitedDataUse && limitedDataUse),
  };
};

const customDataOf = ({ value, currency, orderId }: OutboundEvent) => {
  const money = value !== null && currency ? { value: numberOf(value), currency: currency.toUpperCase() } : {};
  return value === null && !orderId ? undefined : { ...money, order_id: orderId ?? undefined };
};

/** Limited Data Use, country and state left to Meta's own geolocation (Meta: "Data Processing Options for US Users"). */
const limitedDataUse = { data_processing_options: ['LDU'], data_processing_options_country: 0, data_processing_options_state: 0 };

/** Proof that the caller knows the app's secret (Meta: "Securing Graph API calls"). */
export const proofOf = ({ accessToken, appSecret }: MetaSettings): string | undefined =>
  appSecret && createHmac('sha256', appSecret).update(accessToken).digest('hex');

export const apiUrl = ({ apiVersion, pixelId }: MetaSettings, path: string): string =>
  `https://graph.facebook.com/${apiVersion}/${pixelId}${path}`;

/** The token travels in the body, so that it stays out of URLs and what logs them. */
export const build = (events: OutboundEvent[], settings: MetaSettings): PlatformRequest => {
  const data = events.map(eventOf);
  const proof = proofOf(settings);
  return {
    method: 'POST',
    url: apiUrl(settings, '/events'),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: toJson({
      data,
      partner_agent: PARTNER,
      test_event_code: settings.testEventCode,
      access_token: settings.accessToken,
      appsecret_proof: proof,
    }),
    sent: data.map((event, index) => ({
      eventId: event.event_id,
      eventTime: String(event.event_time),
      ...(event.user_data.fbc && { fbc: event.user_data.fbc }),
      ...(events[index]?.orderId && { orderId: events[index].orderId }),
    })),
    secrets: proof ? [proof] : [],
  };
};
