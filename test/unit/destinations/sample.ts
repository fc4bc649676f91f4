import type { OutboundClick, OutboundEvent, PlatformRequest, PlatformResponse } from '../../../destinations/contract.ts';

export const OCCURRED_AT_MS = Date.parse('2026-11-20T10:00:00.750Z');
export const CLICKED_AT_MS = Date.parse('2026-11-18T09:30:00.000Z');
export const LANDED_AT_MS = CLICKED_AT_MS - 60_000;

export const click = (changes: Partial<OutboundClick> = {}): OutboundClick => ({
  clickId: 'aB3dEfGhIjKlMnOpQrStUv',
  clickedAtMs: CLICKED_AT_MS,
  landedAtMs: LANDED_AT_MS,
  landingUrl: 'https://shop.example/l?fbclid=IwAR0aBc',
  pageUrl: 'https://shop.example/offer',
  referrer: 'https://m.facebook.com/',
  utm: {},
  ids: { fbclid: 'IwAR0aBc', fbp: 'fb.1.1763458000000.1098115397' },
  ip: '2001:db8::1',
  userAgent: 'Mozilla/5.0 (iPhone)',
  locale: null,
  country: 'IT',
  consent: {},
  ...changes,
});

export const event = (changes: Partial<OutboundEvent> = {}): OutboundEvent => ({
  kind: 'event',
  event: 'Purchase',
  name: 'Purchase',
  eventId: 'evt-1',
  transactionId: '77001',
  orderId: '77001',
  occurredAtMs: OCCURRED_AT_MS,
  value: '10.10',
  currency: 'EUR',
  offerId: '12',
  country: 'IT',
  click: click(),
  user: {},
  actionSource: null,
  contents: [],
  numItems: null,
  custom: {},
  defaults: { country: null, callingCode: null },
  original: null,
  ...changes,
});

/** An event of which nothing is known but what the test says. */
export const unknownVisitor = (changes: Partial<OutboundEvent> = {}): OutboundEvent => event({ click: null, country: null, ...changes });

export const answer = (body: unknown, status = 200, headers: Record<string, string> = {}): PlatformResponse => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const request = (changes: Partial<PlatformRequest> = {}): PlatformRequest => ({
  method: 'POST',
  url: 'https://example.com/',
  headers: {},
  body: '{}',
  sent: [{}],
  ...changes,
});

export const bodyOf = ({ body }: PlatformRequest) => JSON.parse(body ?? 'null');
