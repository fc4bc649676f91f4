import { expect, test } from 'vitest';
import { outboundEvent } from '../../activities/outbound-event.ts';
import type { Conversion, Delivery } from '../../domain/conversion.ts';
import type { ClickDoc } from '../../store/documents.ts';

const at = new Date('2026-11-20T10:00:00Z');
const click = {
  clickId: 'aB3dEfGhIjKlMnOpQrStUv', clickedAt: at, landedAt: at, ids: { gclid: 'tag' }, utm: {}, consent: {},
  landingUrl: 'https://shop.example/l?OutbrainClickId=ob-1&gclid=landing&OutbrainClickId=ob-2&secret=1', pageUrl: 'https://shop.example/o?OutbrainClickId=page',
} as unknown as ClickDoc;
const idsFor = (platform: string) => outboundEvent({ deliveries: [], user: {} } as unknown as Conversion, { platform, kind: 'event' } as Delivery, click).click?.ids;

test('an id that a platform alone knows is read off the landing page, the tag\'s own word first, and nothing else is', () => {
  expect(idsFor('outbrain')).toEqual({ gclid: 'tag', OutbrainClickId: 'ob-1' });
  expect(idsFor('google-ads')).toEqual({ gclid: 'tag' });
});
