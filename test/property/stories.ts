import fc from 'fast-check';
import type { ModelDestination, ModelReport, ModelStatus } from './model.ts';

/** Random histories of one conversion: each report as the network's query, and as what it means, written side by side. */

export const BASE_MS = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
export const DAY = 86_400_000;

export interface Arrival {
  query: string;
  means: ModelReport;
}

type Word = [query: string, status: ModelStatus, named: boolean];
const KNOWN: Word[] = [
  ['status=P', 'pending', true], ['status=A', 'approved', true], ['status=D', 'rejected', true], ['status=F', 'trash', true], ['status=hold', 'hold', true],
];
const ODD: Word[] = [
  ['', 'unknown', false], ['status=', 'unknown', true], ['status={status}', 'unknown', true], ['status=%7Bstatus%7D', 'unknown', true], ['status=what', 'unknown', true],
  ['affise_status=', 'unknown', true], ['status=p', 'pending', true], ['affise_status=5', 'hold', true], ['status=what&affise_status=1', 'approved', true],
  ['status=&zeustrack_status=lead', 'pending', true], ['status=F&affise_status=3', 'trash', true], ['status=reversed', 'rejected', true],
];
const SUMS: [query: string, amount: string | null][] = [
  ['', null], ['sum=', null], ['sum={sum}', null], ['sum=12abc', null], ['sum=NaN', null], ['sum=1,200', null],
  ['sum=10', '10'], ['sum=10.0', '10.0'], ['sum=12,50', '12.50'], ['sum=1 200,50', '1200.50'], ['sum=0', '0'], ['sum=-5', '-5'], ['sum=10&sum=99', '10'],
];
const CURRENCIES: [query: string, currency: string | null][] = [
  ['', null], ['currency=', null], ['currency={currency}', null], ['currency=$$$', null], ['currency=USD', 'USD'], ['currency=usd', 'USD'], ['currency=RUB', 'RUB'],
];

/** `date` is in the zone that the integration has for it: here UTC. */
const dateText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const seconds = (ms: number): number => ms / 1000;
const DATES: ((ms: number) => [query: string, saidMs: number | null])[] = [
  (ms) => [`date_unix=${seconds(ms)}`, ms],
  (ms) => [`date_unix=${seconds(ms)}`, ms],
  (ms) => [`date_unix=${ms}`, ms],
  (ms) => [`date=${dateText(ms)}`, ms],
  (ms) => [`date_unix=soon&date=${dateText(ms)}`, ms],
  (ms) => [`date_unix=${seconds(ms)}&date=2001-01-01 00:00:00`, ms],
  () => ['', null],
  () => ['date_unix=1700', null],
  () => ['date=2026-02-30 10:00:00', null],
  () => ['date_unix={date_unix}&date={date}', null],
  () => ['date_unix=9999999999', 9_999_999_999_000],
];

const often = <T>(usual: readonly T[], odd: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });

const said = fc.record({ word: often(KNOWN, ODD), sum: fc.constantFrom(...SUMS), currency: fc.constantFrom(...CURRENCIES), date: fc.constantFrom(...DATES), slot: fc.nat(7), gap: fc.nat(2) });

/** Order ids, and what stands in for a missing one: a click id under any of its names is the same conversion. */
const KEYS = ['orderid=1001', 'data3=mz7yYainzaN6hkc52QV001', 'data1=mz7yYainzaN6hkc52QV001', 'orderid={orderid}&data3=mz7yYainzaN6hkc52QV001'];
/** Nothing that tells one conversion from another: kept if it says anything at all. */
const NO_KEY = 'orderid={orderid}';

/** Time goes in steps of a minute, or of twenty days, where the windows of the platforms end within the story. */
export const story: fc.Arbitrary<Arrival[]> = fc.record({
  key: often(KEYS, [NO_KEY]),
  stepMs: fc.constantFrom(MINUTE, 20 * DAY),
  reports: fc.array(said, { minLength: 1, maxLength: 8 }),
  /** Places of reports that come a second time, word for word and at the same instant. */
  repeated: fc.array(fc.nat(7), { maxLength: 2 }),
}).map(({ key, stepMs, reports, repeated }) => {
  let receivedMs = BASE_MS + 3 * stepMs;
  return reports.flatMap((each, place) => {
    receivedMs += each.gap * stepMs;
    const arrival = arrivalOf(key, each, BASE_MS + each.slot * stepMs, receivedMs);
    return repeated.includes(place) ? [arrival, { ...arrival }] : [arrival];
  });
});

function arrivalOf(key: string, { word, sum, currency, date }: { word: Word; sum: (typeof SUMS)[number]; currency: (typeof CURRENCIES)[number]; date: (typeof DATES)[number] }, saidMs: number, receivedMs: number): Arrival {
  const [dateQuery, readMs] = date(saidMs);
  const [wordQuery, status, named] = word;
  const query = [key, wordQuery, sum[0], currency[0], dateQuery].filter(Boolean).join('&');
  // A word that is not understood is still a word.
  const empty = key === NO_KEY && status === 'unknown' && wordQuery !== 'status=what' && sum[1] === null;
  return { query, means: { status, named, amount: sum[1], currency: currency[1], saidMs: readMs, receivedMs, empty } };
}

export const DESTINATIONS: ModelDestination[] = [
  { platform: 'google-ads', onRejection: null }, { platform: 'google-data-manager', onRejection: null }, { platform: 'microsoft-offline', onRejection: 'LeadRejected' },
  { platform: 'ga4', onRejection: null }, { platform: 'meta', onRejection: null }, { platform: 'tiktok', onRejection: 'LeadRejected' }, { platform: 'webhook', onRejection: 'LeadLost' },
];

export const defaultCurrency: fc.Arbitrary<string | null> = fc.constantFrom(null, 'EUR', 'RUB');
