import { createHash } from 'node:crypto';
import type { Report } from './report.ts';

const ORDER_ID_MAX_BYTES = 200;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/u;

/**
 * The identity of a conversion: one order of one network in one property, `<propertyId>/<network>/order:<orderId>`, or the
 * weak key where there is no order id. An order id that is not plain text of at most 200 bytes enters as its hash.
 */
export function conversionIdOf(propertyId: string, network: string, report: Pick<Report, 'orderId' | 'weakKey'>): string | null {
  if (report.orderId !== null) return `${propertyId}/${network}/order:${orderKey(report.orderId)}`;
  return report.weakKey === null ? null : `${propertyId}/${network}/${report.weakKey}`;
}

function orderKey(orderId: string): string {
  const plain = Buffer.byteLength(orderId) <= ORDER_ID_MAX_BYTES && !CONTROL.test(orderId);
  return plain ? orderId : `#${createHash('sha256').update(orderId).digest('hex')}`;
}

/** Takes an id apart again; the key may itself contain slashes. */
export function partsOfConversionId(conversionId: string): { propertyId: string; network: string; key: string } {
  const [propertyId = '', network = '', ...key] = conversionId.split('/');
  return { propertyId, network, key: key.join('/') };
}
