import { ApplicationFailure } from '@temporalio/common';
import type { ReplayFilter } from '../../contracts/replay.ts';
import type { Conversion, Delivery } from '../../domain/conversion.ts';
import type { DeliveryState } from '../../domain/event.ts';
import type { ReplayQuestion } from '../../store/conversions.ts';

/** What did not go out, and may by now. Planned and accepted ones are under way; cancelled ones are not due. */
const NOT_SENT: readonly DeliveryState[] = ['failed', 'expired', 'parked', 'skipped'];

/** The filter as the store asks it. `force` means what was delivered, too. A date that is none is said at once: no retry would read it. */
export function questionOf(filter: ReplayFilter, force: boolean): ReplayQuestion {
  const states = filter.states ?? [...NOT_SENT, ...(force ? (['delivered'] as const) : [])];
  return {
    propertyId: filter.propertyId,
    ...(filter.network !== undefined && { network: filter.network }),
    ...(filter.status !== undefined && { status: filter.status }),
    ...(filter.destinationId !== undefined && { destinationId: filter.destinationId }),
    ...(filter.from !== undefined && { from: dateOf(filter.from) }),
    ...(filter.to !== undefined && { to: dateOf(filter.to) }),
    states,
  };
}

function dateOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw ApplicationFailure.nonRetryable(`"${text}" is no date: say it like 2027-01-31T00:00:00Z.`, 'replay_invalid');
  return date;
}

/** The deliveries of a conversion that the filter means. A replay of one destination touches no other. */
export function deliveriesMeant(conversion: Conversion, filter: ReplayFilter, force: boolean): Delivery[] {
  if (filter.conversionId !== undefined) return conversion.deliveries.filter((each) => questionOf({ propertyId: filter.propertyId }, force).states.includes(each.state));
  const { states, destinationId } = questionOf(filter, force);
  return conversion.deliveries.filter((each) => states.includes(each.state) && (destinationId === undefined || each.destinationId === destinationId));
}

