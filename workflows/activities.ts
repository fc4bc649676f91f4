import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ConversionActivities, DeliveryActivities } from '../contracts/activities.ts';
import { taskQueues } from '../contracts/conversion.ts';

/** How each activity is asked for, and why its retry policy is what it is. */

/** Database work, repeatable: retried for as long as it takes, since without it nothing goes on. */
export const record = () =>
  proxyActivities<ConversionActivities>({
    startToCloseTimeout: '20 seconds',
    retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
  });

/**
 * A request to a platform: retried until the platform takes it no more. Waits between attempts are said by the activity
 * (nextRetryDelay); the policy here serves an attempt whose worker died. The activity id is readable and ends in a try number,
 * since a cancelled and rescheduled id must differ.
 */
export const delivery = (options: { activityId: string; summary: string; scheduleToCloseMs: number }) =>
  proxyActivities<DeliveryActivities>({
    taskQueue: taskQueues.deliveries,
    activityId: options.activityId,
    summary: options.summary,
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: options.scheduleToCloseMs,
    // The delivery is cancelled in the record first, and only where it is certainly unsent: nothing to wait for.
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
  });
