import { defineQuery, defineSignal } from '@temporalio/workflow';

/** What api, workflows, activities and worker agree on about the conversion workflow. Types and names only. */

export const CONVERSION_WORKFLOW = 'conversion';
export const RELAY_WORKFLOW = 'relay';

export const taskQueues = { conversions: 'conversions', deliveries: 'deliveries' } as const;

export interface ConversionInput {
  /** `<propertyId>/<network>/order:<orderId>`, see domain/conversion-id.ts. */
  conversionId: string;
  propertyId: string;
  network: string;
}

/** A stored postback of this conversion. */
export const postbackSignal = defineSignal<[{ postbackId: string }]>('postback');
/** A click that this conversion was waiting for was stored. */
export const clickSignal = defineSignal<[{ clickId: string }]>('click');
/** Look at the record again: a destination was resumed, or the run was overdue. */
export const wakeSignal = defineSignal<[{ reason: string }]>('wake');

export interface ConversionView {
  status: string;
  details: string;
  openDeliveries: string[];
}
export const viewQuery = defineQuery<ConversionView>('view');

/** The workflow id of a conversion. */
export const conversionWorkflowId = (conversionId: string): string => `conversion/${conversionId}`;
