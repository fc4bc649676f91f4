import Table from 'cli-table3';
import type { Conversion } from '../../domain/conversion.ts';
import type { Totals } from '../sandbox/contract.ts';
import type { Chapter } from './story.ts';

export interface Played {
  chapter: Chapter;
  conversion: Conversion | null;
  wrong: string[];
}

const COLUMNS = [['meta', 'Meta'], ['google-data-manager', 'Google'], ['tiktok', 'TikTok']] as const;
const hasColumn = (platform: string): boolean => COLUMNS.some(([each]) => each === platform);

/** One row a conversion: order, status history, click match, event and outcome per platform, the others counted, attempts. */
export function storyTable(played: Played[]): string {
  const table = new Table({ head: ['', 'story', 'order', 'status history', 'click', ...COLUMNS.map(([, title]) => title), 'the others', 'attempts', ''], style: { head: [], border: [] }, wordWrap: true, colWidths: [3, 23, 15, 20, 12, 21, 21, 21, 24, 10, 4] });
  for (const { chapter, conversion, wrong } of played) {
    table.push([
      chapter.letter,
      chapter.title,
      conversion?.orderId ?? 'none',
      conversion?.history.map((entry) => (entry.effect === 'applied' ? entry.status : `${entry.status} (${entry.effect})`)).join('\n') ?? '-',
      conversion?.attribution ?? '-',
      ...COLUMNS.map(([platform]) => conversion?.deliveries.filter((d) => d.platform === platform).map(inWords).join('\n') ?? ''),
      counted(conversion?.deliveries.filter((d) => !hasColumn(d.platform)).map(inWords) ?? []),
      conversion ? String(conversion.deliveries.reduce((sum, d) => sum + d.attempts, 0)) : '-',
      wrong.length === 0 ? 'ok' : 'NO',
    ]);
  }
  return table.toString();
}

const inWords = ({ event, kind, state }: Conversion['deliveries'][number]): string => `${event}${kind === 'event' ? '' : ` ${kind}`}: ${state}`;

/** Equal words once, with their number. */
const counted = (words: string[]): string => [...new Set(words)].map((word) => `${words.filter((each) => each === word).length} ${word}`).join('\n');

/** One row a platform: what it took, in its own words. */
export function platformTable(totals: Record<string, Totals>): string {
  const table = new Table({ head: ['platform', 'requests', 'accepted', 'counted', 'adjusted', 'refused'], style: { head: [], border: [] } });
  for (const [platform, { requests, accepted, counted: count, adjusted, refused }] of Object.entries(totals)) if (requests > 0) table.push([platform, requests, accepted, count, adjusted, refused]);
  return table.toString();
}
