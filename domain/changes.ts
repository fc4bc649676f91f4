import type { Conversion, Delivery } from './conversion.ts';

/** What differs between a conversion before and after, a sentence each, for people; without money of persons or ids of theirs. */
export function changesBetween(before: Conversion, after: Conversion): { changes: string[]; deliveries: string[] } {
  const changes: string[] = [];
  const deliveries: string[] = [];
  if (before.status !== after.status) changes.push(`The conversion went from ${before.status} to ${after.status}.`);
  if (before.amount !== after.amount || before.currency !== after.currency) changes.push(`Its amount went from ${money(before)} to ${money(after)}.`);
  if (before.clickId !== after.clickId) changes.push(before.clickId === null ? 'It belongs to a click now.' : 'It belongs to another click now.');
  for (const entry of after.history) {
    const was = before.history.find((each) => each.postbackId === entry.postbackId);
    if (was && (was.effect !== entry.effect || was.status !== entry.status)) {
      changes.push(`The report of ${new Date(entry.receivedAtMs).toISOString()} went from ${was.status} (${was.effect}) to ${entry.status} (${entry.effect}).`);
    }
  }
  for (const delivery of after.deliveries) {
    const sentence = changeOf(before.deliveries.find((d) => d.key === delivery.key), delivery);
    if (sentence === null) continue;
    changes.push(sentence);
    deliveries.push(delivery.key);
  }
  return { changes, deliveries };
}

function changeOf(before: Delivery | undefined, after: Delivery): string | null {
  const why = after.reason ? `: ${after.reason}` : '';
  if (!before) return `${nameOf(after)}: ${after.state}${why}${/[.!?]$/.test(why) ? '' : '.'}`;
  const parts = [
    ...(before.state === after.state ? [] : [`${before.state} -> ${after.state}${why.replace(/\.$/, '')}`]),
    ...(before.value === after.value && before.currency === after.currency ? [] : [`value ${told(before)} -> ${told(after)}`]),
    ...after.flags.filter((flag) => !before.flags.includes(flag)).map((flag) => `flagged ${flag}`),
  ];
  return parts.length === 0 ? null : `${nameOf(after)}: ${parts.join(', ')}.`;
}

const nameOf = (d: Delivery): string =>
  `${d.event}${d.generation > 1 ? ` ${d.generation}` : ''}${d.kind === 'event' ? '' : ` (${d.kind})`} -> "${d.destinationName}"`;
const money = ({ amount, currency }: Conversion): string => (amount === null ? 'none' : `${amount} ${currency ?? ''}`.trim());
const told = ({ value, currency }: Delivery): string => (value === null ? 'none' : `${value} ${currency ?? ''}`.trim());
