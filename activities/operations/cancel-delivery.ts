import { cancelDelivery as cancel } from '../../domain/operations.ts';
import type { Apply } from '../operate.ts';

/** Ends what is certainly not at the platform; refused where an attempt is under way or had no answer. */
export const cancelDelivery: Apply<'cancelDelivery'> = (deps, conversion, { operation: { key }, why }) => cancel(conversion, key, why, deps.now());
