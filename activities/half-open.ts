import type { DestinationDoc } from '../store/documents.ts';

/** Whether this is the one delivery that may be attempted although its destination is paused: it is half open for it. */
export const isProbe = ({ state, paused, probe }: DestinationDoc, conversionId: string, deliveryKey: string): boolean =>
  state === 'paused' && paused?.by === 'delivery' && probe?.open === true && probe.conversionId === conversionId && probe.deliveryKey === deliveryKey;
