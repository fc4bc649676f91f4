import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeIn } from '../../domain/fold.ts';
import { DEFAULT_RULES } from '../../domain/rules.ts';
import type { Status } from '../../domain/report.ts';
import { acceptAll, at, destination, report, story, told } from './conversions.ts';

const pending = (minutes = 0, more = {}) => ({ report: report('pending', { at: minutes, ...more }), arrives: minutes });
const approved = (minutes = 0, more = {}) => ({ report: report('approved', { at: minutes, amount: '1200', currency: 'RUB', ...more }), arrives: minutes });
const rejected = (minutes = 0) => ({ report: report('rejected', { at: minutes }), arrives: minutes });
const at3 = (...platforms: Parameters<typeof destination>[0][]) => ({ destinations: platforms.map((platform) => destination(platform)) });

describe('default events', () => {
  test('pending is a Lead without value, approval a Purchase with the payout', () => {
    expect(told(story([pending(), approved(5)]).conversion)).toEqual(['meta Lead 1 event', 'meta Purchase 1 event 1200 RUB']);
  });

  test('hold after pending, and a repeat of either, is no second Lead', () => {
    expect(told(story([pending(), { report: report('hold', { at: 1 }) }, pending(2)]).conversion)).toEqual(['meta Lead 1 event']);
  });

  test('approved first: a Purchase, and no Lead after the fact', () => {
    expect(told(story([approved(5), pending(1), pending(9)]).conversion)).toEqual(['meta Purchase 1 event 1200 RUB']);
  });

  test('a rejected or fake first report is no event', () => {
    expect(told(story([rejected()]).conversion)).toEqual([]);
    expect(told(story([{ report: report('trash') }]).conversion)).toEqual([]);
  });

  test('a rejection that comes first does not keep the Lead of a later pending back', () => {
    expect(told(story([rejected(), pending(5)]).conversion)).toEqual(['meta Lead 1 event']);
  });

  test('an unknown status plans nothing, however large its amount', () => {
    expect(told(story([{ report: report('unknown', { amount: '500', currency: 'RUB' }) }]).conversion)).toEqual([]);
  });

  test('without any status parameter the amount decides, flagged', () => {
    const paid = story([{ report: report('none', { amount: '500', currency: 'RUB' }) }]).conversion;
    expect(told(paid)).toEqual(['meta Purchase 1 event 500 RUB']);
    expect(paid.deliveries[0]!.flags).toEqual(['event_by_amount']);
    for (const amount of ['0', '-5', null]) expect(told(story([{ report: report('none', { amount }) }]).conversion)).toEqual(['meta Lead 1 event']);
  });

  test('what the network asks for by an event name replaces the guess by amount', () => {
    expect(told(story([{ report: report('none', { amount: '5', currency: 'USD', eventName: 'CompleteRegistration' }) }]).conversion))
      .toEqual(['meta CompleteRegistration 1 event 5 USD']);
  });
});

describe('changes before an event is sent', () => {
  test('a rejection cancels what is certainly undelivered', () => {
    const { conversion } = story([pending(), rejected(5)], { accept: false });
    expect(conversion.deliveries.map((d) => [d.event, d.state, d.code])).toEqual([['Lead', 'cancelled', 'superseded']]);
  });

  test('an attempt with unknown outcome is let finish, then taken back where the platform can', () => {
    const { conversion } = story([pending()], { accept: false, ...at3('google-ads') });
    conversion.deliveries[0]!.inFlightSinceMs = at(1);
    takeIn(conversion, 'later', at(5), report('rejected', { at: 5 }), { defaultCurrency: null, rules: DEFAULT_RULES, nowMs: at(5), ...at3('google-ads') });
    expect(told(conversion)).toEqual(['google-ads Lead 1 event planned', 'google-ads Lead 1 retract planned']);
  });

  test('a cancelled event is planned again under its own generation', () => {
    const { conversion } = story([pending(), rejected(5), pending(9)], { accept: false });
    expect(told(conversion)).toEqual(['meta Lead 1 event planned']);
  });

  test('a new amount replaces the old one in what is not sent yet', () => {
    const { conversion } = story([approved(0), approved(5, { amount: '1500' })], { accept: false });
    expect(told(conversion)).toEqual(['meta Purchase 1 event 1500 RUB planned']);
  });
});

test('a new amount without any status replaces the old one in what is not sent yet', () => {
  const none = (amount: string, minutes: number) => ({ report: report('none', { amount, currency: 'USD', at: minutes }), arrives: minutes });
  expect(told(story([none('10', 0), none('20', 5)], { accept: false }).conversion)).toEqual(['meta Purchase 1 event 20 USD planned']);
});

describe('changes after delivery', () => {
  test('Google Ads: a rejection retracts Lead and Purchase once, and a new approval is the next generation', () => {
    const { conversion } = story([pending(), approved(5), rejected(9), rejected(10), approved(12)], at3('google-ads'));
    expect(told(conversion)).toEqual([
      'google-ads Lead 1 event', 'google-ads Purchase 1 event 1200 RUB',
      'google-ads Lead 1 retract', 'google-ads Purchase 1 retract',
      'google-ads Purchase 2 event 1200 RUB',
    ]);
    expect(conversion.deliveries.map((d) => d.transactionId)).toEqual(['1001-Lead-1', '1001', '1001-Lead-1', '1001', '1001-Purchase-2']);
  });

  test('Data Manager: value 0 on the same transaction id, and restored by its value in the same generation', () => {
    const { conversion } = story([approved(5), rejected(9), approved(12)], at3('google-data-manager'));
    expect(told(conversion)).toEqual([
      'google-data-manager Purchase 1 event 1200 RUB', 'google-data-manager Purchase 1 retract 0 RUB', 'google-data-manager Purchase 1 restate 1200 RUB',
    ]);
    expect(new Set(conversion.deliveries.map((d) => d.transactionId))).toEqual(new Set(['1001']));
    expect(conversion.deliveries.map((d) => d.sequence)).toEqual([0, 1, 2]);
  });

  test('where nothing can be taken back the event stands, and approved again sends nothing', () => {
    expect(told(story([approved(5), rejected(9), approved(12)]).conversion)).toEqual(['meta Purchase 1 event 1200 RUB']);
  });

  test('the policy event for rejections goes out once per conversion, after a delivered event only', () => {
    const destinations = [destination('meta', { onRejection: { event: 'LeadRejected' } })];
    expect(told(story([pending(), rejected(5), approved(6), rejected(7)], { destinations }).conversion))
      .toEqual(['meta Lead 1 event', 'meta LeadRejected 1 custom', 'meta Purchase 1 event 1200 RUB']);
    expect(told(story([rejected(5)], { destinations }).conversion)).toEqual([]);
  });

  test('a changed amount is restated where the platform can, and only while approved', () => {
    expect(told(story([approved(0), approved(5, { amount: '1500' })], at3('google-ads', 'meta')).conversion))
      .toEqual(['google-ads Purchase 1 event 1200 RUB', 'meta Purchase 1 event 1200 RUB', 'google-ads Purchase 1 restate 1500 RUB']);
  });

  test('an amount that a stale report brings is restated too', () => {
    const { conversion, effects } = story([{ report: report('approved', { at: 5 }) }, pending(1, { amount: '700', currency: 'RUB' })], at3('google-ads'));
    expect(effects).toEqual(['applied', 'stale']);
    expect(told(conversion)).toEqual(['google-ads Purchase 1 event', 'google-ads Purchase 1 restate 700 RUB']);
  });

  test('a retraction that is not sent yet is withdrawn when the event holds again', () => {
    const { conversion } = story([approved(0)], at3('google-ads'));
    const ctx = { defaultCurrency: null, rules: DEFAULT_RULES, nowMs: at(9), ...at3('google-ads') };
    takeIn(conversion, 'r', at(5), report('rejected', { at: 5 }), ctx);
    takeIn(conversion, 'a', at(9), report('approved', { at: 9, amount: '1200', currency: 'RUB' }), ctx);
    expect(told(conversion)).toEqual(['google-ads Purchase 1 event 1200 RUB', 'google-ads Purchase 1 retract cancelled']);
  });

  test('an event that failed while its retraction waited is sent when it holds again', () => {
    const { conversion } = story([approved(0)], { accept: false, ...at3('google-ads') });
    const ctx = { defaultCurrency: null, rules: DEFAULT_RULES, nowMs: at(9), ...at3('google-ads') };
    conversion.deliveries[0]!.inFlightSinceMs = at(1);
    takeIn(conversion, 'r', at(5), report('rejected', { at: 5 }), ctx);
    Object.assign(conversion.deliveries[0]!, { state: 'failed', inFlightSinceMs: null });
    takeIn(conversion, 'a', at(9), report('approved', { at: 9 }), ctx);
    expect(told(conversion)).toEqual(['google-ads Purchase 1 event 1200 RUB planned', 'google-ads Purchase 1 retract cancelled']);
  });

  test('past the window of the platform nothing is taken back, and the event says so', () => {
    const days = 60 * 24 * 60;
    const { conversion } = story([approved(0), rejected(days)], at3('google-ads'));
    expect(told(conversion)).toEqual(['google-ads Purchase 1 event 1200 RUB']);
    expect(conversion.deliveries[0]!.flags).toEqual(['reversal_too_late']);
  });
});

describe('time of an event', () => {
  test('is that of its report, cut to arrival', () => {
    expect(story([{ ...pending(3), arrives: 7 }]).conversion.deliveries[0]!.occurredAtMs).toBe(at(3));
    expect(story([{ ...pending(7), arrives: 3 }]).conversion.deliveries[0]!.occurredAtMs).toBe(at(3));
  });

  test('is arrival, flagged, where the status changed but the time of the network did not', () => {
    const { conversion } = story([pending(0), { ...approved(0), arrives: 60 }]);
    const purchase = conversion.deliveries.find((d) => d.event === 'Purchase')!;
    expect(purchase).toMatchObject({ occurredAtMs: at(60), flags: ['time_is_arrival'] });
  });
});

test('rules of an integration replace the defaults, and a per-report rule counts generations', () => {
  const rules = [{ when: { status: ['approved' as const] }, event: 'Deposit', value: 'payout' as const, once: 'report' as const }];
  expect(told(story([pending(), approved(5), approved(6, { amount: '5' })], { rules }).conversion))
    .toEqual(['meta Deposit 1 event 1200 RUB', 'meta Deposit 2 event 5 RUB']);
});

test('an event that a rule plans for a rejection is sent, and not taken back by it', () => {
  const rules = [...DEFAULT_RULES, { when: { status: ['rejected' as const, 'trash' as const] }, event: 'LeadLost', value: 'none' as const, once: 'conversion' as const }];
  expect(told(story([pending(), rejected(5), { report: report('trash', { at: 6 }) }], { rules, ...at3('google-ads') }).conversion))
    .toEqual(['google-ads Lead 1 event', 'google-ads LeadLost 1 event', 'google-ads Lead 1 retract']);
});

test('under a per-report rule every generation that stands is taken back', () => {
  const rules = [{ when: { status: ['pending' as const, 'hold' as const] }, event: 'Lead', value: 'none' as const, once: 'report' as const }];
  expect(told(story([pending(), { report: report('hold', { at: 1 }) }, rejected(5)], { rules, ...at3('google-ads') }).conversion))
    .toEqual(['google-ads Lead 1 event', 'google-ads Lead 2 event', 'google-ads Lead 1 retract', 'google-ads Lead 2 retract']);
});

test('an unsent event of the policy for rejections is withdrawn when the conversion is approved again', () => {
  const destinations = [destination('meta', { onRejection: { event: 'LeadRejected' } })];
  const { conversion } = story([pending()], { destinations });
  const ctx = { defaultCurrency: null, rules: DEFAULT_RULES, destinations };
  takeIn(conversion, 'r', at(5), report('rejected', { at: 5 }), { ...ctx, nowMs: at(5) });
  takeIn(conversion, 'a', at(6), report('approved', { at: 6 }), { ...ctx, nowMs: at(6) });
  expect(told(conversion)).toContain('meta LeadRejected 1 custom cancelled');
});

test('at most one accepted event stands per destination and event, whatever the story', () => {
  const arrival = fc.record({ status: fc.constantFrom<Status>('pending', 'hold', 'approved', 'rejected', 'trash', 'unknown'), at: fc.integer({ min: 0, max: 9 }), amount: fc.option(fc.constantFrom('1', '2')) });
  fc.assert(fc.property(fc.array(arrival, { maxLength: 8 }), (arrivals) => {
    const { conversion } = story([pending(0), ...arrivals.map(({ status, ...rest }, i) => ({ report: report(status, rest), arrives: i }))], at3('google-ads', 'google-data-manager', 'meta'));
    acceptAll(conversion);
    const keys = conversion.deliveries.map((d) => d.key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const event of ['Lead', 'Purchase']) {
      for (const id of ['google-ads', 'google-data-manager', 'meta']) {
        const sent = conversion.deliveries.filter((d) => d.destinationId === id && d.event === event && d.state === 'delivered');
        const events = sent.filter((d) => d.kind === 'event').length;
        const retracts = sent.filter((d) => d.kind === 'retract').length;
        expect(events - (id === 'google-ads' ? retracts : 0)).toBeLessThanOrEqual(1);
      }
    }
  }));
});
