import type { OpenPlan } from '../contracts/activities.ts';
import type { Lanes } from './lanes.ts';

/** The state in words, markdown, for the top of the run's page in the Temporal UI. */
export function detailsOf(plan: OpenPlan, lanes: Lanes): string {
  const lines = lanes.list().map(({ planned, state, note }) => {
    const why = note && note !== state ? `: ${note}` : '';
    return `- ${planned.summary}: **${state}**${why}`;
  });
  return [`**${plan.headline}**`, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n');
}
