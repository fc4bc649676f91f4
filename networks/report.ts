import { isClickIdShape } from '../domain/click.ts';
import { AHEAD_MAX_MS, type Report } from '../domain/report.ts';
import type { ParseSettings, PostbackInput } from './contract.ts';
import { currencyCode } from './currency.ts';
import { hashOf, type Parameters } from './parameters.ts';
import type { StatusReading } from './status-words.ts';

/** What a network reads out of its parameters; the rest of a report follows from it by the rules below. */
export interface Said extends Pick<Report,
  'orderId' | 'amount' | 'orderValue' | 'clickIdCandidates' | 'eventName' | 'offerId' | 'country' | 'ip' | 'user' | 'items'> {
  status: StatusReading;
  /** As the call names it, not checked yet. */
  currency: string | null;
  /** The report's own time, ms since the epoch. */
  occurredAtMs: number | null;
}

export function reportOf(parameters: Parameters, said: Said, input: PostbackInput, settings: ParseSettings): Report {
  const { flags } = parameters;
  const money = currencyOf(said, settings, flags);
  const time = timeOf(said.occurredAtMs, input.receivedAtMs, flags);
  const weakKey = said.orderId === null ? weakKeyOf(said, parameters) : null;
  if (weakKey !== null) flags.add('weakKey');
  return {
    orderId: said.orderId,
    weakKey,
    status: said.status.status,
    statusRaw: said.status.raw,
    statusParameter: said.status.parameter,
    amount: said.amount,
    ...money,
    orderValue: said.orderValue,
    ...time,
    clickIdCandidates: said.clickIdCandidates,
    eventName: said.eventName,
    offerId: said.offerId,
    country: said.country,
    ip: said.ip,
    user: said.user,
    items: said.items,
    flags: [...flags].sort(),
    empty: said.orderId === null && said.clickIdCandidates.length === 0 && said.status.raw === null && said.amount === null,
  };
}

/** One conversion per click, whatever a later report changes; without a click every different call is one of its own. */
function weakKeyOf(said: Said, parameters: Parameters): string {
  const click = said.clickIdCandidates.find(({ value }) => isClickIdShape(value));
  return click ? `click:${click.value}` : `hash:${hashOf(parameters)}`;
}

/** The default fills in only for money: a report that states none needs no currency. */
function currencyOf(said: Said, settings: ParseSettings, flags: Set<string>): Pick<Report, 'currency' | 'currencyAssumed'> {
  const named = said.currency === null ? null : currencyCode(said.currency);
  if (said.currency !== null && named === null) flags.add('currency_unknown');
  if (named !== null || (said.amount === null && said.orderValue === null)) return { currency: named, currencyAssumed: false };

  const setting = settings.defaultCurrency?.trim() || null;
  const assumed = setting === null ? null : currencyCode(setting);
  if (setting !== null && assumed === null) flags.add('default_currency_invalid');
  if (assumed === null) flags.add('currency_missing');
  return { currency: assumed, currencyAssumed: assumed !== null };
}

function timeOf(saidMs: number | null, receivedAtMs: number, flags: Set<string>): Pick<Report, 'occurredAt' | 'occurredAtReported'> {
  if (saidMs !== null && saidMs - receivedAtMs > AHEAD_MAX_MS) flags.add('date_in_future');
  return { occurredAt: new Date(saidMs ?? receivedAtMs).toISOString(), occurredAtReported: saidMs !== null };
}
