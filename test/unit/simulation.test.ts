import { Readable, Writable } from 'node:stream';
import { describe, expect, it, test } from 'vitest';
import { simulateLines } from '../../cli/conversion-simulate.ts';
import { simulate, type Simulation } from '../../setup/simulation.ts';

const DAY_MS = 86_400_000;
const FROM_MS = Date.parse('2026-11-01T10:00:00Z');

/** Reports a day apart. */
const reportsOf = (...queries: string[]) => queries.map((query, day) => ({ query: `orderid=1&${query}`, receivedAt: new Date(FROM_MS + day * DAY_MS).toISOString() }));
const run = (queries: string[], changes: Record<string, unknown> = {}) =>
  simulate(JSON.stringify({ integration: { network: 'kma' }, destinations: [{ platform: 'meta' }, { platform: 'google-ads' }], clickKnown: true, reports: reportsOf(...queries), ...changes })) as Simulation;
const words = ({ deliveries }: Simulation) => deliveries.map(({ platform, event, generation, value, kind }) => [platform, event, generation, kind, value].filter((part) => part !== null).join(' '));

describe('conversion simulate', () => {
  it('pending, then approved: a Lead without a value and a Purchase with the payout, at each destination', () => {
    const result = run(['status=P&sum=10&currency=USD', 'status=A&sum=12.50&currency=USD']);
    expect(result).toMatchObject({ status: 'approved', amount: '12.50', currency: 'USD', flags: [] });
    expect(words(result)).toEqual(['meta Lead 1 event', 'google-ads Lead 1 event', 'meta Purchase 1 event 12.50', 'google-ads Purchase 1 event 12.50']);
    expect(result.history).toEqual([
      { status: 'pending', amount: '10', occurredAt: '2026-11-01T10:00:00.000Z', effect: 'applied' },
      { status: 'approved', amount: '12.50', occurredAt: '2026-11-02T10:00:00.000Z', effect: 'applied' },
    ]);
  });

  it('rejected: taken back where the platform can, and the event of the policy where it cannot', () => {
    const destinations = ['google-ads', 'google-data-manager', 'ga4', 'microsoft-offline', 'meta', 'webhook'].map((platform) => ({ platform }));
    const result = run(['status=A&sum=10&currency=USD', 'status=D'], { destinations: [...destinations, { platform: 'tiktok', policy: { event: 'LeadRejected' } }] });
    expect(words(result).slice(7)).toEqual([
      'google-ads Purchase 1 retract', 'google-data-manager Purchase 1 retract 0', 'ga4 Purchase 1 retract', 'microsoft-offline Purchase 1 retract', 'tiktok LeadRejected 1 custom',
    ]);
  });

  it('approved again: sent anew as the next generation, at Data Manager restated under the same one', () => {
    const result = run(['status=A&sum=10&currency=USD', 'status=D', 'status=A&sum=20&currency=USD'], { destinations: [{ platform: 'google-ads' }, { platform: 'google-data-manager' }, { platform: 'meta' }] });
    expect(words(result).slice(5)).toEqual(['google-ads Purchase 2 event 20', 'google-data-manager Purchase 1 restate 20']);
  });

  it('another amount is restated while approved, a repeat and an older report change nothing', () => {
    const result = run(['status=A&sum=10&currency=USD', 'status=A&sum=10.0', 'status=A&sum=15&currency=USD', 'status=P&date_unix=1700000000']);
    expect(result.history.map(({ effect }) => effect)).toEqual(['applied', 'duplicate', 'applied', 'stale']);
    expect(words(result)).toEqual(['meta Purchase 1 event 10', 'google-ads Purchase 1 event 10', 'google-ads Purchase 1 restate 15']);
  });

  it('a call that says nothing belongs to no conversion, and has its place in the history', () => {
    const line = { integration: { network: 'kma' }, destinations: [], reports: [{ query: 'orderid={orderid}&status={status}', receivedAt: '2026-11-01T10:00:00Z' }] };
    expect(simulate(JSON.stringify(line))).toMatchObject({ status: 'unknown', amount: null, history: [{ status: 'unknown', effect: 'unknown' }], deliveries: [] });
  });

  it('without a known click only destinations that need none get events', () => {
    expect(words(run(['status=P'], { clickKnown: false, destinations: [{ platform: 'meta' }, { platform: 'webhook' }] }))).toEqual(['webhook Lead 1 event']);
  });

  it("an integration's own rules and default currency count, and the clock is that of the reports", () => {
    const rules = [{ when: { status: ['approved'] }, event: 'Sale', value: { amount: '5', currency: 'EUR' } }];
    expect(run(['status=A&sum=10'], { integration: { network: 'kma', settings: { defaultCurrency: 'RUB' }, rules } })).toMatchObject({
      currency: 'RUB', deliveries: [{ event: 'Sale', value: '5' }, { event: 'Sale', value: '5' }],
    });
    // Google Ads takes corrections for 54 days.
    const late = [{ query: 'orderid=1&status=A&sum=1&currency=USD', receivedAt: '2026-01-01T00:00:00Z' }, { query: 'orderid=1&status=D', receivedAt: '2026-03-01T00:00:00Z' }];
    expect(run([], { reports: late })).toMatchObject({ status: 'rejected', flags: ['reversal_too_late'], deliveries: [{ kind: 'event' }, { kind: 'event' }] });
  });

  it.each([
    ['no JSON', 'x', 'line_invalid'],
    ['no reports', JSON.stringify({ integration: { network: 'kma' }, destinations: [] }), 'line_invalid'],
    ['no arrival', JSON.stringify({ integration: { network: 'kma' }, destinations: [], reports: [{ query: '' }] }), 'line_invalid'],
    ['a rule that is none', JSON.stringify({ integration: { network: 'kma', rules: [{ event: 'x' }] }, destinations: [], reports: [] }), 'line_invalid'],
    ['an unknown network', JSON.stringify({ integration: { network: 'constructor' }, destinations: [], reports: [] }), 'network_unknown'],
    ['an unknown platform', JSON.stringify({ integration: { network: 'kma' }, destinations: [{ platform: 'toString' }], reports: [] }), 'platform_unknown'],
  ])('refuses %s, with a code', (_, line, code) => {
    expect(simulate(line)).toMatchObject({ error: { code, message: expect.any(String) } });
  });
});

test('one line out for each line in, and bad lines stop nothing', async () => {
  let out = '';
  const good = JSON.stringify({ integration: { network: 'kma' }, destinations: [], reports: reportsOf('status=P') });
  await simulateLines(Readable.from([`${good}\nx\n${good}\n`]), new Writable({ write: (chunk, _encoding, done) => { out += String(chunk); done(); } }), () => undefined);
  expect(out.split('\n').slice(0, -1).map((line) => (JSON.parse(line) as { status?: string }).status ?? 'error')).toEqual(['pending', 'error', 'pending']);
});
