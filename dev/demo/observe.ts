import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversion, Delivery } from '../../domain/conversion.ts';
import { conversionById } from '../../store/conversions.ts';
import type { Store } from '../../store/db.ts';
import type { PostbackDoc } from '../../store/documents.ts';
import type { SandboxClient } from '../sandbox/client.ts';
import type { AcceptedEvent } from '../sandbox/contract.ts';
import type { Chapter, Expected } from './story.ts';

/** Looking at what came out, in MongoDB and at the sandbox platforms. */

/** A worker killed in an attempt is noticed when the attempt's time is up; a few of those must fit in. */
const PATIENCE_MS = 150_000;

const conversionIdOf = (propertyId: string, chapter: Pick<Chapter, 'network' | 'key'>) => `${propertyId}/${chapter.network}/${chapter.key}`;

export async function conversionOf(store: Store, propertyId: string, chapter: Pick<Chapter, 'network' | 'key'>): Promise<Conversion | null> {
  return (await conversionById(store.db, conversionIdOf(propertyId, chapter)))?.conversion ?? null;
}

/** Waits until the chapter is as told, and returns what is wrong when patience ends; empty: nothing. */
export async function untilAsTold(store: Store, propertyId: string, chapter: Chapter): Promise<{ conversion: Conversion | null; wrong: string[] }> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const conversion = await conversionOf(store, propertyId, chapter);
    const wrong = conversion ? differences(conversion, chapter.expected) : ['there is no conversion'];
    if (wrong.length === 0 || Date.now() > end) return { conversion, wrong };
    await sleep(100);
  }
}

export async function untilReached(store: Store, propertyId: string, key: string, what: { reports?: number; delivered?: number }): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const conversion = await conversionOf(store, propertyId, { network: 'kma', key });
    const delivered = conversion?.deliveries.filter((d) => d.state === 'delivered').length ?? 0;
    if (conversion && conversion.history.length >= (what.reports ?? 0) && delivered >= (what.delivered ?? 0)) return;
    await sleep(100);
  }
}

export const deliveryWords = (conversion: Conversion): string[] =>
  conversion.deliveries.map((d) => [d.event, ...(d.kind === 'event' ? [] : [d.kind]), d.platform, d.state].join(' ')).sort();

function differences(conversion: Conversion, expected: Expected): string[] {
  const wrong: string[] = [];
  const compare = (what: string, is: unknown, told: unknown) => {
    if (told !== undefined && JSON.stringify(is) !== JSON.stringify(told)) wrong.push(`${what} is ${JSON.stringify(is)}, told ${JSON.stringify(told)}`);
  };
  const effects = conversion.history.map((entry) => entry.effect);
  const count = (list: string[], effect: string) => list.filter((each) => each === effect).length;
  compare('status', conversion.status, expected.status);
  compare('effects', effects.filter((e) => e !== 'duplicate'), expected.effects.filter((e) => e !== 'duplicate'));
  if (count(effects, 'duplicate') < count(expected.effects, 'duplicate')) wrong.push(`effects are ${effects.join(', ')}`);
  compare('click', conversion.attribution, expected.click);
  compare('deliveries', deliveryWords(conversion), [...expected.deliveries].sort());
  compare('amount', conversion.amount, expected.amount);
  compare('currency', conversion.currency, expected.currency);
  compare('order value', conversion.orderValue, expected.orderValue);
  for (const [platform, least] of Object.entries(expected.attempts ?? {})) {
    const attempts = conversion.deliveries.find((d) => d.platform === platform)?.attempts ?? 0;
    if (attempts < least) wrong.push(`${platform} took ${attempts} attempts, told ${least}`);
  }
  return wrong;
}

/**
 * What was promised and is not there: postbacks answered 200 without a record or an outcome, and events called delivered
 * that the platform does not know.
 */
export async function lostOf(store: Store, sandbox: SandboxClient, answered: number, conversions: Conversion[]): Promise<string[]> {
  const postbacks = await store.db.collection<PostbackDoc>('postbacks').find({}).toArray();
  const lost: string[] = [];
  if (postbacks.length < answered) lost.push(`${answered - postbacks.length} postbacks answered 200 are not stored`);
  for (const postback of postbacks) if (postback.outcome === null) lost.push(`postback ${postback._id} has no outcome`);
  const accepted = await sandbox.accepted();
  for (const conversion of conversions) {
    for (const d of conversion.deliveries) {
      const known = accepted.some((event) => isOf(event, d));
      if (d.state === 'delivered' && !known) lost.push(`${d.event} of ${conversion.id} is unknown to ${d.platform}`);
    }
  }
  return lost;
}

/** By the id that the platform keeps; where it keeps none, by what was sent of the click. */
function isOf({ platform, event, eventId, transactionId, body }: AcceptedEvent, d: Delivery): boolean {
  if (platform !== d.platform) return false;
  if (eventId !== null || transactionId !== null) return eventId === d.eventId || transactionId === d.transactionId || transactionId === d.transactionId.split('-')[0];
  const text = JSON.stringify(body);
  return event === d.name && Object.values(d.sent ?? {}).some((id) => id.length >= CLICK_ID_LENGTH_MIN && text.includes(id));
}

/** Shorter than any id of a visitor, longer than a name. */
const CLICK_ID_LENGTH_MIN = 18;

/** Events that a platform counted more than once: none, ever. */
export async function countedTwice(sandbox: SandboxClient): Promise<string[]> {
  const counted = (await sandbox.accepted()).filter((event) => event.counted);
  const keys = counted.map((event) => [event.platform, event.event, event.eventId ?? event.transactionId ?? JSON.stringify(event.body)].join(' '));
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
}
