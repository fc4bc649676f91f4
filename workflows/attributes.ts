import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { OpenPlan, PlannedDelivery } from '../contracts/activities.ts';
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
      const stuck = lanes.list().filter((each) => each.state === 'parked' || each.state === 'failed').map((each) => each.planned);
      const names = distinct(stuck.map((each) => plan.destinations[each.lane.split('/')[0]!] ?? each.lane));
      const platforms = distinct(stuck.flatMap((each) => each.platform ?? []));
      const oldestMs = stuck.length > 0 ? Math.min(...stuck.map(plannedAtMs)) : null;
      const now = [...names, ...platforms, oldestMs].join('\n');
      if (open === now) return;
      open = now;
      upsertSearchAttributes([
        { key: searchAttributes.openDestinations, value: names.length > 0 ? names : null },
        { key: searchAttributes.openPlatforms, value: platforms.length > 0 ? platforms : null },
        { key: searchAttributes.oldestOpenAt, value: oldestMs === null ? null : new Date(oldestMs) },
      ]);
    },
  };
}

const distinct = (texts: string[]): string[] => [...new Set(texts)].sort();

/** Plans of an older version do not say it: the run's start is near enough, and does not change. */
const plannedAtMs = (planned: PlannedDelivery): number => planned.plannedAtMs ?? workflowInfo().startTime.getTime();
