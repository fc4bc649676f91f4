import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { OpenPlan } from '../contracts/activities.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';
import type { Lanes } from './lanes.ts';

/** Search attributes, written only when what operators filter by has changed: each write is an event of the history. */
export function createAttributes() {
  let status: string | undefined;
  let open = '';
  return {
    update(plan: OpenPlan, lanes: Lanes): void {
      if (status !== plan.status) {
        status = plan.status;
        upsertSearchAttributes([{ key: searchAttributes.conversionStatus, value: status }]);
      }
      const stuck = lanes.list().filter((each) => each.state === 'parked' || each.state === 'failed');
      const names = [...new Set(stuck.map((each) => plan.destinations[each.planned.lane.split('/')[0]!] ?? each.planned.lane))].sort();
      if (open === names.join('\n')) return;
      open = names.join('\n');
      upsertSearchAttributes([
        { key: searchAttributes.openDestinations, value: names.length > 0 ? names : null },
        { key: searchAttributes.oldestOpenAt, value: names.length > 0 ? workflowInfo().startTime : null },
      ]);
    },
  };
}
