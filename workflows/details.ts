import type { OpenPlan } from '../contracts/activities.ts';
import type { ConversionView } from '../contracts/conversion.ts';
import type { Lanes } from './lanes.ts';

/** The state in words, markdown, for the top of the run's page in the Temporal UI. */
export function detailsOf(plan: OpenPlan, lanes: Lanes): string {
  const lines = lanes.list().map(({ planned, state, note }) => {
    const why = note && note !== state ? `: ${note}` : '';
    return `- ${planned.summary}: **${state}**${state === 'planned' ? triesOf(planned.attempts) : ''}${why}`;
  });
  return [`**${plan.headline}**`, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n');
}

/** As of the last look at the record; the pending activity has the number of now. */
const triesOf = (attempts = 0): string => (attempts === 0 ? '' : attempts === 1 ? ' after 1 attempt' : ` after ${attempts} attempts`);

/** The state for programs, and for operators who need the keys. */
export function viewOf(plan: OpenPlan | undefined, lanes: Lanes): ConversionView {
  return {
    status: plan?.status ?? 'unknown',
    details: plan ? detailsOf(plan, lanes) : '',
    openDeliveries: lanes.open(Date.now()),
    deliveries: lanes.list().map(({ planned, state, note }) => (
      { key: planned.key, platform: planned.platform ?? '', state, note, deadline: new Date(planned.deadlineAtMs).toISOString() })),
    history: plan?.history ?? [],
  };
}
