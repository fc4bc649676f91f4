import { z } from 'zod';
import type { Acting, Operation, OperationResult } from '../../contracts/conversion.ts';
import { partsOfConversionId } from '../../domain/conversion-id.ts';
import { STATUSES } from '../../domain/report.ts';
import type { ApiDeps } from '../deps.ts';
import { requireConversion } from './conversions.ts';
import { why } from './request.ts';

/** What operators may do to a conversion. The rules are the run's; here only what is malformed is refused. */

const key = z.string().min(1).max(500);

export const retryBody = z
  .strictObject({ keys: z.array(key).min(1).max(200).optional(), force: z.boolean().optional(), newEventId: z.boolean().optional(), why })
  .refine(({ force, newEventId }) => !newEventId || force, 'newEventId is for force: what was not delivered keeps its event id');
export const attachBody = z.strictObject({ clickId: z.string().trim().min(1).max(200), why });
export const statusBody = z.strictObject({
  status: z.enum(STATUSES).exclude(['unknown']),
  amount: z.string().regex(/^-?\d{1,20}(\.\d{1,10})?$/, 'a decimal number in text is expected, such as "12.50"').optional(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'three capital letters are expected, such as USD').optional(),
  why,
});
export const cancelBody = z.strictObject({ key, why });
export const reprocessBody = z.strictObject({ apply: z.boolean().default(false), why });

/** Carries it out, in the conversion's run, be it open or closed. `who` is the holder of the token. */
export async function operate({ db, operators, log }: ApiDeps, conversionId: string, operation: Operation, { who, why: reason }: Acting, operationId: string): Promise<OperationResult> {
  const { conversion } = await requireConversion(db, conversionId);
  const { propertyId, network } = partsOfConversionId(conversion.id);
  const result = await operators.operate({ conversionId, propertyId, network }, operation, { who, why: reason, verified: true }, operationId);
  log.info({ conversion: conversionId, operation: operation.kind, who, operationId, changes: result.changes.length }, 'operator');
  return result;
}
