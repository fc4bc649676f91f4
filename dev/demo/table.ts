import Table from 'cli-table3';
import type { Conversion } from '../../domain/conversion.ts';
import type { Chapter } from './story.ts';

export interface Played {
  chapter: Chapter;
  conversion: Conversion | null;
  wrong: string[];
}

const PLATFORMS = [['meta', 'Meta'], ['google-data-manager', 'Google'], ['tiktok', 'TikTok']] as const;

/** One row a conversion: order, status history, click match, event and outcome per platform, attempts. */
export function storyTable(played: Played[]): string {
  const table = new Table({ head: ['', 'story', 'order', 'status history', 'click', ...PLATFORMS.map(([, title]) => title), 'attempts', ''], style: { head: [], border: [] }, wordWrap: true, colWidths: [3, 23, 15, 20, 12, 21, 21, 21, 10, 4] });
  for (const { chapter, conversion, wrong } of played) {
    table.push([
      chapter.letter,
      chapter.title,
      conversion?.orderId ?? 'none',
      conversion?.history.map((entry) => (entry.effect === 'applied' ? entry.status : `${entry.status} (${entry.effect})`)).join('\n') ?? '-',
      conversion?.attribution ?? '-',
      ...PLATFORMS.map(([platform]) => conversion?.deliveries.filter((d) => d.platform === platform).map((d) => `${d.event}${d.kind === 'event' ? '' : ` ${d.kind}`}: ${d.state}`).join('\n') ?? ''),
      conversion ? String(conversion.deliveries.reduce((sum, d) => sum + d.attempts, 0)) : '-',
      wrong.length === 0 ? 'ok' : 'NO',
    ]);
  }
  return table.toString();
}
