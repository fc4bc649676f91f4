import type { PostbackMessage } from '../contracts/conversion.ts';
import { record } from './activities.ts';

/** What signals and updates have left for the loop. */
export class Inbox {
  /** How many messages have come in this run. */
  count = 0;
  private reasons: string[] = [];
  private postbackIds: string[] = [];
  private storing = 0;

  /** One that came while the store was away is stored first, beside the loop: it may take as long as the store is away. */
  postback({ postbackId, report }: PostbackMessage): void {
    if (report !== undefined) return void this.store(report);
    this.postbackIds.push(postbackId);
    this.look('postback');
  }

  look(reason: string): void {
    this.count++;
    this.reasons.push(reason);
  }

  isEmpty(): boolean {
    return this.reasons.length === 0;
  }

  /** Whether a report is still being stored: until then the run may not end. */
  isStoring(): boolean {
    return this.storing > 0;
  }

  /** Takes out all there is, for one look at the record. */
  take(): { postbackIds: string[]; reason: string } {
    return { postbackIds: this.postbackIds.splice(0), reason: this.reasons.splice(0).join(', ') || 'timer' };
  }

  private async store(report: string): Promise<void> {
    this.storing++;
    const { postbackIds } = await record().storePostbacks({ reports: [report] });
    this.postbackIds.push(...postbackIds);
    this.look('postback');
    this.storing--;
  }
}
