import type { OutboundEvent, PlatformRequest } from '../contract.ts';
import { numberOf, toJson, type JsonValue } from '../json-body.ts';
import { pageOf, referrerOf } from '../visitor.ts';
import type { TiktokSettings } from './settings.ts';
import { userOf } from './user.ts';

const PARTNER = 'tributary';

/** TikTok: "Report web events", data[]. */
const eventOf = (event: OutboundEvent, settings: TiktokSettings) => {
  const page = pageOf(event);
  return {
    event: event.name,
    event_time: Math.floor(event.occurredAtMs / 1000),
    event_id: event.eventId,
    user: userOf(event),
    properties: propertiesOf(event, settings),
    page: page ? { url: page, referrer: referrerOf(event) ?? undefined } : undefined,
    limited_data_use: event.click?.consent.limitedDataUse ? true : undefined,
  };
};

/** Content ids are texts: a number is refused (40002, "Not a valid string"). Names of offers stay here. */
const propertiesOf = ({ value, currency, orderId, offerId }: OutboundEvent, { sendOfferId }: TiktokSettings) => {
  const properties = {
    ...(value !== null && currency && { value: numberOf(value), currency: currency.toUpperCase() }),
    ...(orderId && { order_id: orderId }),
    ...(sendOfferId && offerId && { content_type: 'product', content_ids: [offerId] }),
  };
  return Object.keys(properties).length > 0 ? properties : undefined;
};

/** The address ends in a slash: without it TikTok answers 404. */
const post = ({ apiVersion, accessToken, pixelCode, testEventCode }: TiktokSettings, data: JsonValue[]) => ({
  method: 'POST' as const,
  url: `https://business-api.tiktok.com/open_api/${apiVersion}/event/track/`,
  headers: { 'content-type': 'application/json', accept: 'application/json', 'access-token': accessToken },
  body: toJson({
    event_source: 'web',
    event_source_id: pixelCode,
    test_event_code: testEventCode,
    partner_name: PARTNER,
    data,
  }),
});

export const build = (events: OutboundEvent[], settings: TiktokSettings): PlatformRequest => {
  const data = events.map((event) => eventOf(event, settings));
  return {
    ...post(settings, data),
    sent: data.map(({ event_id, event_time, user }, index) => ({
      eventId: event_id,
      eventTime: String(event_time),
      ...(user.ttclid && { ttclid: user.ttclid }),
      ...(events[index]?.orderId && { orderId: events[index].orderId }),
    })),
  };
};

/** A request with no event in it: TikTok looks at the token and then refuses the empty list, so nothing is ever counted. */
export const check = (settings: TiktokSettings): PlatformRequest => ({ ...post(settings, []), sent: [] });
