import { signalConversion } from '../contracts/start.ts';
import { partsOfConversionId } from '../domain/conversion-id.ts';
import type { Deps } from './deps.ts';

/** Hands a message to the run of a conversion, open or closed, with the deadline of a call to Temporal. */
export function tell(deps: Deps, conversionId: string, message: Parameters<typeof signalConversion>[2]): Promise<void> {
  const { propertyId, network } = partsOfConversionId(conversionId);
  return deps.withDeadline(() => signalConversion(deps.workflows, { conversionId, propertyId, network }, message));
}

export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
