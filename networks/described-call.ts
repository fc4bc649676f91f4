import { jsonOf, sentenceOf } from './described-line.ts';
import * as z from 'zod';
import { type KnownStatus, type Report, type ReportError, STATUSES } from '../domain/report.ts';
import { networkById, networks } from './catalog.ts';

/** A call described as one line of JSON, for trying a network's reading without a server: `tributary postback parse`. */

const text = z.string().nullish();
const knownStatus = z.enum(STATUSES.filter((status): status is KnownStatus => status !== 'unknown'));

const describedCall = z.object({
  network: z.string(),
  query: text,
  contentType: text,
  body: text,
  settings: z.object({
    defaultCurrency: text,
    timeZone: text,
    clickIdSlot: text,
    statusWords: z.record(z.string(), knownStatus).nullish(),
  }).nullish(),
  receivedAt: z.iso.datetime({ offset: true }).nullish(),
});

/** A report as it is shown: these keys, in this order. The others are the engine's own. */
const SHOWN = [
  'orderId', 'weakKey', 'status', 'statusRaw', 'amount', 'currency', 'currencyAssumed', 'orderValue', 'occurredAt',
  'clickIdCandidates', 'eventName', 'offerId', 'country', 'ip', 'user', 'items', 'flags',
] as const satisfies readonly (keyof Report)[];

export type ShownReport = Pick<Report, (typeof SHOWN)[number]>;

/** What would be understood of the call; an error for a line that is no such description, an unknown network or a body that is not what its type says. */
export function parseDescribed(line: string, nowMs: number): ShownReport | ReportError {
  const call = describedCall.safeParse(jsonOf(line));
  if (!call.success) return failure('line_invalid', sentenceOf(call.error, 'a call'));
  const { network: id, query, contentType, body, settings, receivedAt } = call.data;
  const network = networkById(id);
  if (!network) return failure('network_unknown', `There is no network "${id}"; the catalog has ${[...networks.keys()].join(', ')}.`);
  const report = network.parse(
    { query: query ?? '', contentType: contentType ?? null, body: body ?? null, receivedAtMs: receivedAt ? Date.parse(receivedAt) : nowMs },
    settings ?? {},
  );
  return 'error' in report ? report : shown(report);
}

const shown = (report: Report): ShownReport => Object.fromEntries(SHOWN.map((key) => [key, report[key]])) as unknown as ShownReport;

const failure = (code: string, message: string): ReportError => ({ error: { code, message } });
