import { STANDARD_EVENTS } from '../../domain/event.ts';
import type { KnownStatus, ReportItem, ReportUser } from '../../domain/report.ts';
import { readAmount } from '../amount.ts';
import { clickIdCandidates } from '../click-candidates.ts';
import type { Network } from '../contract.ts';
import { listOf, type NameRule, type Parameters, plainName, readParameters, textOf } from '../parameters.ts';
import { readCountry, readIp } from '../place.ts';
import { reportOf } from '../report.ts';
import { COMMON_WORDS, meaningOf, readStatus } from '../status-words.ts';
import { readMoment, zoneOf } from '../time.ts';
import { canonicalName, ITEM, NAMES, SLOTS, USER } from './names.ts';

const DEFAULT_SLOT = 'click_id';
const TIME_ZONE = 'UTC';
const nameRule: NameRule = (name) => canonicalName(plainName(name));

/** Any network that can call a URL, with AnyTrack's parameter names. */
export const generic: Network = {
  id: 'generic',
  title: 'Any network (generic postback)',
  clickIdSlot: DEFAULT_SLOT,
  clickIdSlots: Object.keys(SLOTS),
  linkParameter: { click_id: 'atclid', ref_id: 'ref_id', subid: 'subid', subId1: 'subId1', cid: 'cid' },
  timeZone: TIME_ZONE,
  postbackQuery:
    'click_id={click_id}&transaction_id={transaction_id}&status={status}&value={value}&currency={currency}'
    + '&event_name={event_name}&offer_id={offer_id}&timestamp={timestamp}',

  parse(input, settings) {
    const call = readParameters(input, nameRule);
    if ('error' in call) return call;
    return reportOf(call, {
      orderId: textOf(call, ...NAMES.orderId),
      status: readStatus(call, [{ name: 'status', words: [COMMON_WORDS] }], settings.statusWords),
      ...moneyOf(call),
      currency: textOf(call, ...NAMES.currency),
      occurredAtMs: readMoment(call, { date: NAMES.time }, zoneOf(settings.timeZone, TIME_ZONE, call.flags)),
      clickIdCandidates: clickIdCandidates({
        configured: slotNamed(settings.clickIdSlot),
        others: Object.keys(SLOTS),
        othersByName: true,
        valueOf: (slot) => textOf(call, ...(Object.hasOwn(SLOTS, slot) ? SLOTS[slot]! : [canonicalName(slot)])),
      }),
      eventName: eventAsked(textOf(call, ...NAMES.eventName)),
      offerId: textOf(call, ...NAMES.offerId),
      country: readCountry(call, ...NAMES.country),
      ip: readIp(call, ...NAMES.ip),
      user: userOf(call),
      items: listOf(call, 'items', nameRule).map((item) => itemOf(item, settings.statusWords)),
    }, input, settings);
  },
};

/** `value` is AnyTrack's word for the payout; beside a payout by name it can only be the basket. */
function moneyOf(call: Parameters): { amount: string | null; orderValue: string | null } {
  const payoutNamed = textOf(call, ...NAMES.payout) !== null;
  return payoutNamed
    ? { amount: readAmount(call, 'amount', ...NAMES.payout), orderValue: readAmount(call, 'order_value', ...NAMES.orderValue, ...NAMES.value) }
    : { amount: readAmount(call, 'amount', ...NAMES.value), orderValue: readAmount(call, 'order_value', ...NAMES.orderValue) };
}

/** A slot by any of its spellings (`clickId` is `click_id`); another parameter's name stays as configured. */
function slotNamed(setting: string | null | undefined): string {
  const name = setting?.trim();
  if (!name) return DEFAULT_SLOT;
  const spelled = canonicalName(name);
  return Object.keys(SLOTS).find((slot) => SLOTS[slot]!.includes(spelled)) ?? name;
}

/** AnyTrack's older conversion types, and the standard events whatever their case; any other name is a custom event. A bare number is a network's own code, no event. */
const CONVERSION_TYPES: ReadonlyMap<string, string> = new Map([
  ...STANDARD_EVENTS.map((event): [string, string] => [event.toLowerCase(), event]),
  ['sale', 'Purchase'],
  ['acquisition', 'CompleteRegistration'],
]);

function eventAsked(text: string | null): string | null {
  return text === null || /^\d+$/.test(text) ? null : CONVERSION_TYPES.get(canonicalName(text)) ?? text;
}

function userOf(call: Parameters): ReportUser {
  const user: ReportUser = {};
  for (const trait of Object.keys(USER) as (keyof typeof USER)[]) {
    const text = textOf(call, ...USER[trait]);
    if (text !== null) user[trait] = text;
  }
  return user;
}

function itemOf(item: Parameters, own: Record<string, KnownStatus> | null | undefined): ReportItem {
  const status = textOf(item, ...ITEM.status);
  return {
    id: textOf(item, ...ITEM.id),
    sku: textOf(item, ...ITEM.sku),
    category: textOf(item, ...ITEM.category),
    value: readAmount(item, 'item_amount', ...ITEM.value),
    payout: readAmount(item, 'item_amount', ...ITEM.payout),
    status: status === null ? null : meaningOf(status, [COMMON_WORDS], own)?.status ?? 'unknown',
  };
}
