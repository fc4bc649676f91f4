import type { Conversion } from '../../domain/conversion.ts';
import { conversionsOf } from '../../store/conversions.ts';
import type { PostbackDoc } from '../../store/documents.ts';
import type { AcceptedEvent } from '../sandbox/contract.ts';
import { MAIN_PLATFORMS } from '../sandbox/destinations.ts';
import type { Conversation, Report } from './conversations.ts';
import { groupBy } from './group.ts';
import { expect, type Counts, type Expected, type TakenIn } from './model.ts';
import { markIn, type Tally } from './network.ts';
import type { Rig } from './rig.ts';

/** What was promised, held against what is there: in MongoDB, and at the platforms as they count. */

export type FindingKind = 'lost' | 'missing' | 'acceptedTwice' | 'undue' | 'wrongStatus' | 'stuck';
export interface Finding {
  kind: FindingKind;
  /** The conversation's key; null: it belongs to none. */
  key: string | null;
  what: string;
}

export interface Reconciled {
  findings: Finding[];
  /** Events that were due, and those of them that a platform counted. */
  events: number;
  accepted: number;
}

/** What is there now. */
export interface Seen {
  nowMs: number;
  propertyId: string;
  postbacks: PostbackDoc[];
  conversions: Conversion[];
  accepted: AcceptedEvent[];
}

const CONVERSIONS_MOST = 1e6;
const DEFAULT_CURRENCY = 'RUB';
const OPEN = ['planned', 'accepted', 'parked', 'failed'];
const EVENTS = ['Lead', 'Purchase'] as const;

export async function look({ store, property, sandbox }: Rig): Promise<Seen> {
  return {
    nowMs: Date.now(),
    propertyId: property._id,
    postbacks: await store.db.collection<PostbackDoc>('postbacks').find({ propertyId: property._id }).toArray(),
    conversions: await conversionsOf(store.db, property._id, CONVERSIONS_MOST),
    accepted: await sandbox.accepted(),
  };
}

export function reconcile(conversations: readonly Conversation[], tally: ReadonlyMap<string, Tally>, seen: Seen): Reconciled {
  const byMark = groupBy(seen.postbacks, (postback) => markIn(postback.query));
  const byId = new Map(seen.conversions.map((conversion) => [conversion.id, conversion]));
  const byPlatform = groupBy(seen.accepted, (event): string => event.platform);
  const owners = new Map<AcceptedEvent, string[]>();
  const out: Reconciled = { findings: [], events: 0, accepted: 0 };
  for (const conversation of conversations) {
    const found = (kind: FindingKind, what: string): void => void out.findings.push({ kind, key: conversation.key, what });
    const stored = conversation.steps.flatMap(({ report }) => (byMark.get(report.mark) ?? []).map((postback) => ({ report, postback })));
    for (const { report } of conversation.steps) holdPostbacks(report, tally.get(report.mark)!, byMark.get(report.mark) ?? [], seen.nowMs, found);
    if (stored.length === 0) continue;
    const conversion = byId.get(`${seen.propertyId}/kma/${conversation.key}`);
    if (!conversion) {
      found('stuck', 'there is no conversion');
      continue;
    }
    const taken = takenIn(conversion, stored, found);
    const expected = expect(taken, conversation.clickId !== null, DEFAULT_CURRENCY);
    holdState(conversion, expected, stored, found);
    for (const platform of MAIN_PLATFORMS) {
      const told = toldOf(conversation, conversion, platform, byPlatform.get(platform) ?? []);
      for (const each of [...told.Lead, ...told.Purchase]) owners.set(each, [...(owners.get(each) ?? []), conversation.key]);
      const due = holdEvents(platform, told, expected, found);
      out.events += due.events;
      out.accepted += due.accepted;
    }
    for (const d of conversion.deliveries) if (OPEN.includes(d.state)) found('stuck', `${d.key} at ${d.platform} is ${d.state}: ${d.reason ?? 'no reason'}`);
  }
  out.findings.push(...sharedEvents(owners));
  return out;
}

/** An event that counts for two conversations would be one too few. */
const sharedEvents = (owners: ReadonlyMap<AcceptedEvent, string[]>): Finding[] =>
  [...owners].filter(([, keys]) => keys.length > 1).map(([{ platform, event }, keys]) => ({ kind: 'missing', key: keys[0]!, what: `${platform} was told of one ${event} for ${keys.join(' and ')}` }));

/** What no conversation accounts for, when all of them are known: conversions, and events at the platforms. */
export function strangers(conversations: readonly Conversation[], seen: Seen): Finding[] {
  const keys = new Set(conversations.map(({ key }) => `${seen.propertyId}/kma/${key}`));
  const foreign = seen.conversions.filter(({ id }) => !keys.has(id)).map(({ id }): Finding => ({ kind: 'wrongStatus', key: null, what: `${id} is a conversion that no network reported` }));
  const ids = new Set(seen.conversions.flatMap(({ deliveries }) => deliveries.flatMap((d) => [`${d.platform} ${d.eventId}`, `${d.platform} ${d.transactionId}`])));
  const unknown = seen.accepted.filter(({ platform, eventId, transactionId }) => !ids.has(`${platform} ${eventId ?? transactionId}`));
  return [...foreign, ...unknown.map(({ platform, event, eventId, transactionId }): Finding => ({ kind: 'undue', key: null, what: `${platform} was told of ${event} ${eventId ?? transactionId}, which no conversion knows` }))];
}

type Found = (kind: FindingKind, what: string) => void;

/** A call that was not answered may be stored or not: either is right. */
function holdPostbacks(report: Report, { answered, calls }: Tally, stored: PostbackDoc[], nowMs: number, found: Found): void {
  for (let missing = stored.length; missing < answered; missing++) found('lost', `report ${report.mark} (${report.status}) was answered 200 and is not stored`);
  if (stored.length > calls) found('undue', `report ${report.mark} was called ${calls} times and is stored ${stored.length} times`);
  for (const { _id, outcome, receivedAt, tries, lastError } of stored) {
    if (outcome === null) found('stuck', `postback ${_id} of ${nowMs - receivedAt.getTime()} ms ago has no outcome after ${tries} tries${lastError ? `: ${lastError}` : ''}`);
    else if (outcome.effect === 'error') found('wrongStatus', `postback ${_id}: ${outcome.reason}`);
  }
}

/** The stored reports in the order in which the conversion took them in, each of them once. */
function takenIn(conversion: Conversion, stored: { report: Report; postback: PostbackDoc }[], found: Found): TakenIn[] {
  const byId = new Map(stored.map((each) => [each.postback._id, each]));
  const taken: TakenIn[] = [];
  for (const { postbackId } of conversion.history) {
    const each = byId.get(postbackId);
    if (each) taken.push({ postbackId, report: each.report, arrivedMs: each.postback.receivedAt.getTime() });
    else found('wrongStatus', `its history holds ${postbackId}, which is no report of it, or holds it twice`);
    byId.delete(postbackId);
  }
  for (const [postbackId, { postback }] of byId) if (postback.outcome !== null) found('wrongStatus', `postback ${postbackId} has an outcome and is not in its history`);
  return taken;
}

function holdState(conversion: Conversion, expected: Expected, stored: { postback: PostbackDoc }[], found: Found): void {
  const { status, amount, currency, history } = conversion;
  const money = `${amount === null ? null : Number(amount)} ${currency}`;
  if (status !== expected.status) found('wrongStatus', `it is ${status}, the last word is ${expected.status}`);
  if (money !== `${expected.amount} ${expected.currency}`) found('wrongStatus', `its payout is ${money}, the last word is ${expected.amount} ${expected.currency}`);
  const effects = history.map((entry) => entry.effect).join(' ');
  if (effects !== expected.effects.join(' ')) found('wrongStatus', `its reports were ${effects}, by the rules ${expected.effects.join(' ')}`);
  for (const { postback } of stored) {
    const entry = history.find(({ postbackId }) => postbackId === postback._id);
    if (entry && postback.outcome && postback.outcome.effect !== entry.effect) found('wrongStatus', `postback ${postback._id} says ${postback.outcome.effect}, the history ${entry.effect}`);
  }
}

type Told = Record<keyof Counts, AcceptedEvent[]>;

/**
 * What a platform was told of a conversation. Where platforms keep transaction ids: by these, the order's own for its first
 * Purchase, else `<order or weak key>-<event>-<generation>`. Elsewhere by the event ids of the record.
 */
function toldOf({ key, orderId }: Conversation, { deliveries }: Conversion, platform: string, accepted: readonly AcceptedEvent[]): Told {
  const name = orderId ?? key;
  const isOf = (event: keyof Counts, each: AcceptedEvent): boolean => {
    if (each.event !== event) return false;
    if (each.eventId !== null) return deliveries.some((d) => d.platform === platform && d.event === event && d.eventId === each.eventId);
    return (event === 'Purchase' && orderId !== null && each.transactionId === orderId) || (each.transactionId ?? '').startsWith(`${name}-${event}-`);
  };
  return { Lead: accepted.filter((each) => isOf('Lead', each)), Purchase: accepted.filter((each) => isOf('Purchase', each)) };
}

function holdEvents(platform: string, told: Told, expected: Expected, found: Found): { events: number; accepted: number } {
  const retractable = platform === 'google-data-manager';
  const counted: Counts = { Lead: 0, Purchase: 0 };
  for (const event of EVENTS) {
    const ids = told[event].filter((each) => each.counted).map((each) => each.eventId ?? each.transactionId);
    if (ids.length > 0) counted[event] = 1;
    if (ids.length > 1) found('acceptedTwice', `${platform} counted ${event} ${ids.length} times: ${ids.join(', ')}`);
  }
  const outcomes = retractable ? expected.outcomes.retractable : expected.outcomes.other;
  const distance = (one: Counts): number => EVENTS.filter((event) => one[event] !== counted[event]).length;
  const nearest = outcomes.toSorted((a, b) => distance(a) - distance(b))[0]!;
  let accepted = 0;
  for (const event of EVENTS) {
    if (nearest[event] > counted[event]) found('missing', `${platform} was not told of ${event}`);
    if (nearest[event] < counted[event]) found('undue', `${platform} was told of ${event}, which is not due`);
    if (nearest[event] === 1 && counted[event] === 1) accepted++;
  }
  if (retractable) holdValues(platform, told, expected, found);
  return { events: nearest.Lead + nearest.Purchase, accepted };
}

/** Where a platform can be told of changes, what it was told last is the last word: nothing of a rejected one, the payout of an approved one. */
function holdValues(platform: string, told: Told, { status, amount, currency }: Expected, found: Found): void {
  const rejected = status === 'rejected' || status === 'trash';
  for (const event of EVENTS) {
    const last = told[event].at(-1);
    if (last && rejected && last.value !== 0) found('wrongStatus', `${platform} still holds ${event} with ${last.value} ${last.currency} although it is ${status}`);
    if (last && event === 'Purchase' && status === 'approved' && (last.value !== amount || last.currency !== currency)) {
      found('wrongStatus', `${platform} was last told ${last.value} ${last.currency} of its ${event}, the payout is ${amount} ${currency}`);
    }
  }
}
