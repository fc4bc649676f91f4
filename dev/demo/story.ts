import type { FaultInput } from '../sandbox/faults.ts';
import { PARTNERIZE_EXAMPLE } from './partnerize-example.ts';
import type { Outside } from './network.ts';

/** The story of the demo, as data: what is played for each conversion, and what must come out. */

export interface Chapter {
  letter: string;
  title: string;
  network: 'kma' | 'partnerize';
  /** What its conversion is found by: `order:<orderId>` or `click:<clickId>`. */
  key: string;
  play(): Promise<void>;
  expected: Expected;
}

export interface Expected {
  status: string;
  /** Effects of the reports; a report that had to be repeated by the network may add duplicates. */
  effects: string[];
  click: 'matched' | 'waiting';
  /** `Lead meta delivered`, sorted. */
  deliveries: string[];
  amount?: string;
  currency?: string;
  orderValue?: string;
  /** At least so many attempts at a platform. */
  attempts?: Record<string, number>;
}

/** Platforms that can be told that an event no longer holds. Google Ads is told a day later: until then its retraction waits. */
const RETRACTIONS: Record<string, string> = {
  'google-data-manager': 'delivered', 'google-ads': 'planned', ga4: 'delivered', 'microsoft-offline': 'delivered', webhook: 'delivered',
};

export interface StoryDeps {
  /** The platform of each destination of the shop. */
  platforms: readonly string[];
  outside: Outside;
  fault(fault: FaultInput): Promise<unknown>;
  /** Resolves when the chapter's conversion is as far as this. */
  reached(key: string, what: { reports?: number; delivered?: number }): Promise<void>;
}

export function story({ platforms, outside, fault, reached }: StoryDeps): Chapter[] {
  const everywhere = (event: string, state = 'delivered') => platforms.map((platform) => `${event} ${platform} ${state}`);
  const retractions = platforms.flatMap((platform) => (RETRACTIONS[platform] ? [`Lead retract ${platform} ${RETRACTIONS[platform]}`] : []));
  const ids = Object.fromEntries('abcdefghij'.split('').map((letter) => [letter, outside.newClickId()])) as Record<string, string>;
  const report = (letter: string, status: string, more: Record<string, string> = {}) =>
    outside.kma({ status, orderid: `10335074${letter.charCodeAt(0)}`, data3: ids[letter]!, sum: '1200', currency: 'RUB', countrycode: 'ES', stream: 'zXweZF', ...more });
  const click = (letter: string) => outside.click(ids[letter]);
  const seconds = Math.floor(Date.now() / 1000);
  const kma = (letter: string) => ({ letter, network: 'kma' as const, key: `order:10335074${letter.charCodeAt(0)}` });

  return [
    {
      ...kma('a'), title: 'pending, then approved',
      async play() {
        await click('a');
        await report('a', 'P');
        await reached(this.key, { delivered: platforms.length });
        await report('a', 'A');
      },
      expected: { status: 'approved', effects: ['applied', 'applied'], click: 'matched', deliveries: [...everywhere('Lead'), ...everywhere('Purchase')], amount: '1200', currency: 'RUB' },
    },
    {
      ...kma('b'), title: 'pending, then declined',
      async play() {
        await click('b');
        await report('b', 'P');
        await reached(this.key, { delivered: platforms.length });
        await report('b', 'D');
      },
      expected: { status: 'rejected', effects: ['applied', 'applied'], click: 'matched', deliveries: [...everywhere('Lead'), ...retractions] },
    },
    {
      ...kma('c'), title: 'fake as first and only report',
      async play() {
        await click('c');
        await report('c', 'F');
      },
      expected: { status: 'trash', effects: ['applied'], click: 'matched', deliveries: [] },
    },
    {
      ...kma('d'), title: 'the same report three times, twice at once',
      async play() {
        await click('d');
        await Promise.all([report('d', 'P'), report('d', 'P')]);
        await report('d', 'P');
      },
      expected: { status: 'pending', effects: ['applied', 'duplicate', 'duplicate'], click: 'matched', deliveries: everywhere('Lead') },
    },
    {
      ...kma('e'), title: 'approved before pending, out of order',
      async play() {
        await click('e');
        await report('e', 'A', { date_unix: String(seconds - 60) });
        await reached(this.key, { reports: 1 });
        await report('e', 'P', { date_unix: String(seconds - 3600) });
      },
      expected: { status: 'approved', effects: ['applied', 'stale'], click: 'matched', deliveries: everywhere('Purchase') },
    },
    {
      ...kma('f'), title: 'report before its click',
      async play() {
        await report('f', 'P');
        await reached(this.key, { reports: 1 });
        await click('f');
      },
      expected: { status: 'pending', effects: ['applied'], click: 'matched', deliveries: everywhere('Lead') },
    },
    {
      ...kma('g'), title: 'click id in another data slot',
      async play() {
        await click('g');
        await report('g', 'P', { data1: ids.g!, data3: 'my-campaign' });
      },
      expected: { status: 'pending', effects: ['applied'], click: 'matched', deliveries: everywhere('Lead') },
    },
    {
      letter: 'h', network: 'kma', key: `click:${ids.h}`, title: 'no order id',
      async play() {
        await click('h');
        await report('h', 'P', { orderid: '' });
        await reached(this.key, { reports: 1 });
        await report('h', 'A', { orderid: '', sum: '1500' });
      },
      expected: { status: 'approved', effects: ['applied', 'applied'], click: 'matched', deliveries: [...everywhere('Lead'), ...everywhere('Purchase')], amount: '1500' },
    },
    {
      ...kma('i'), title: 'a platform fails twice (429, 503), then accepts',
      async play() {
        await fault({ platform: 'meta', match: { bodyContains: this.key.slice('order:'.length) }, answer: { status: 429, headers: { 'retry-after': '1' }, body: { error: { message: 'Application request limit reached', type: 'OAuthException', code: 4 } } } });
        await fault({ platform: 'meta', match: { bodyContains: this.key.slice('order:'.length) }, answer: { status: 503, body: 'Service Unavailable' } });
        await click('i');
        await report('i', 'P');
      },
      expected: { status: 'pending', effects: ['applied'], click: 'matched', deliveries: everywhere('Lead'), attempts: { meta: 3 } },
    },
    {
      ...kma('j'), title: 'a platform answers 200 with an error in the body',
      async play() {
        await fault({ platform: 'tiktok', match: { bodyContains: this.key.slice('order:'.length) }, answer: { code: '50002' } });
        await click('j');
        await report('j', 'P');
      },
      expected: { status: 'pending', effects: ['applied'], click: 'matched', deliveries: everywhere('Lead'), attempts: { tiktok: 2 } },
    },
    {
      letter: 'k', network: 'partnerize', key: 'order:1011l2002827904', title: 'the JSON payload of the guide, of May 2023',
      play: () => outside.partnerize(PARTNERIZE_EXAMPLE),
      // Three years old: every platform refuses events of that age, so nothing is sent, and each delivery says so.
      expected: { status: 'pending', effects: ['applied'], click: 'waiting', deliveries: everywhere('Lead', 'expired'), amount: '10.57', currency: 'USD', orderValue: '52.85' },
    },
  ];
}
