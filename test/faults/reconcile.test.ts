import { expect, test } from 'vitest';
import type { Conversation } from '../../dev/faults/conversations.ts';
import { reconcile, strangers, type Seen } from '../../dev/faults/reconcile.ts';

/** What the fault tests would say of each breach: a proof that cannot fail proves nothing. */

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const PLATFORMS = ['meta', 'google-data-manager', 'tiktok'];

const conversation: Conversation = {
  key: 'order:77', orderId: '77', clickId: 'c'.repeat(22), clickAtMs: 0,
  steps: [{ atMs: 0, copies: 1, report: { mark: 'first', status: 'A', amount: '100', currency: 'EUR', dateUnix: null } }],
};
const tally = new Map([['first', { answered: 1, calls: 1 }]]);

/** An approved order that went well. */
function seen(): Seen {
  const outcome = { effect: 'applied', reason: '', conversionId: 'p/kma/order:77', at: new Date(NOW_MS) };
  const delivery = (platform: string) => ({ platform, event: 'Purchase', eventId: `${platform}-id`, transactionId: '77', state: 'delivered', key: `${platform}/Purchase` });
  const accepted = (platform: string) => ({
    platform, event: 'Purchase', eventId: platform === 'google-data-manager' ? null : `${platform}-id`, transactionId: '77', value: 100, currency: 'EUR', counted: true,
  });
  return {
    nowMs: NOW_MS,
    propertyId: 'p',
    postbacks: [{ _id: 'b1', query: 'status=A&bannerid=first', receivedAt: new Date(NOW_MS), outcome, tries: 0, lastError: null }],
    conversions: [{ id: 'p/kma/order:77', status: 'approved', amount: '100', currency: 'EUR', history: [{ postbackId: 'b1', effect: 'applied' }], deliveries: PLATFORMS.map(delivery) }],
    accepted: PLATFORMS.map(accepted),
  } as unknown as Seen;
}

const kindsOf = (broken: Seen): string[] =>
  [...new Set([...reconcile([conversation], tally, broken).findings, ...strangers([conversation], broken)].map(({ kind }) => kind))];

test('what went well has no finding', () => {
  expect(reconcile([conversation], tally, seen())).toEqual({ findings: [], events: 3, accepted: 3 });
  expect(strangers([conversation], seen())).toEqual([]);
});

test.each<[string, string, (broken: Seen) => void]>([
  ['a report answered 200 that is not stored', 'lost', (broken) => void broken.postbacks.splice(0)],
  ['a postback without an outcome', 'stuck', (broken) => void (broken.postbacks[0]!.outcome = null)],
  ['a delivery that is still open', 'stuck', (broken) => void (broken.conversions[0]!.deliveries[0]!.state = 'planned')],
  ['a conversion that is not there', 'stuck', (broken) => void broken.conversions.splice(0)],
  ['an event that no platform has', 'missing', (broken) => void broken.accepted.shift()],
  ['an event counted twice', 'acceptedTwice', (broken) => void broken.accepted.push(broken.accepted[0]!)],
  ['an event that is not due', 'undue', (broken) => {
    broken.conversions[0]!.deliveries.push({ ...broken.conversions[0]!.deliveries[0]!, event: 'Lead', eventId: 'lead-id' });
    broken.accepted.push({ ...broken.accepted[0]!, event: 'Lead', eventId: 'lead-id' });
  }],
  ['an event that no conversion knows', 'undue', (broken) => void broken.accepted.push({ ...broken.accepted[0]!, eventId: 'nobody' })],
  ['a status that is not the last word', 'wrongStatus', (broken) => void (broken.conversions[0]!.status = 'pending')],
  ['a payout that is not the last word', 'wrongStatus', (broken) => void (broken.conversions[0]!.amount = '99')],
  ['a report that is in the history twice', 'wrongStatus', (broken) => void broken.conversions[0]!.history.push(broken.conversions[0]!.history[0]!)],
  ['an outcome that is in no history', 'wrongStatus', (broken) => void broken.conversions[0]!.history.splice(0)],
  ['a platform that was last told another value', 'wrongStatus', (broken) => void (broken.accepted[1]!.value = 99)],
  ['a conversion that nobody reported', 'wrongStatus', (broken) => void broken.conversions.push({ ...broken.conversions[0]!, id: 'p/kma/order:78' })],
])('%s is found', (_, kind, breach) => {
  const broken = seen();
  breach(broken);
  expect(kindsOf(broken)).toContain(kind);
});
