import { destinationByPlatform } from '../destinations/catalog.ts';
import { alertId, deliveryEnded, destinationPaused, type Alert, type AlertedDestination } from '../domain/alerts.ts';
import type { Conversion, Delivery } from '../domain/conversion.ts';
import { partsOfConversionId } from '../domain/conversion-id.ts';
import { raiseAlert } from '../store/alerts.ts';
import type { DestinationDoc } from '../store/documents.ts';
import type { Deps } from './deps.ts';

type Raising = Pick<Deps, 'db' | 'log' | 'now'>;

/**
 * Raises an alert: one line in the log where it is the first of its id, and the webhook by the relay's next pass. It is told
 * about deliveries, not a part of them: one that cannot be stored is in the log, and what it is about goes on.
 */
export async function raise(deps: Raising, alert: Alert): Promise<void> {
  const { kind, subject, propertyId: property, level, sentence } = alert;
  const fields = { alert: alertId(alert), subject, property, sentence };
  const message = kind.replaceAll('_', ' ');
  try {
    if (await raiseAlert(deps.db, alert, new Date(deps.now()))) deps.log[level](fields, message);
  } catch (error) {
    deps.log.error({ ...fields, notStored: error instanceof Error ? error.message : String(error) }, message);
  }
}

const titleOf = (platform: string, name: string): string => `${destinationByPlatform(platform)?.title ?? platform} "${name}"`;

export const alerted = (doc: Pick<DestinationDoc, '_id' | 'propertyId' | 'platform' | 'name'>): AlertedDestination =>
  ({ id: doc._id, propertyId: doc.propertyId, title: titleOf(doc.platform, doc.name) });

/** The pause that a destination is in. */
export const raisePaused = (deps: Raising, doc: Pick<DestinationDoc, '_id' | 'propertyId' | 'platform' | 'name'>, { at, ...paused }: NonNullable<DestinationDoc['paused']>): Promise<void> =>
  raise(deps, destinationPaused(alerted(doc), { ...paused, atMs: at.getTime() }));

/** Before the end is recorded: who dies in between makes the end again, and this with it. */
export async function raiseEnd(deps: Raising, conversionId: string, delivery: Delivery, end: { state: Delivery['state']; code?: string | null; reason?: string | null }): Promise<void> {
  if (end.state !== 'failed' && end.state !== 'expired') return;
  const of = { id: delivery.destinationId, propertyId: partsOfConversionId(conversionId).propertyId, title: titleOf(delivery.platform, delivery.destinationName) };
  const { state, code, reason } = end;
  await raise(deps, deliveryEnded(of, { state, code: code ?? 'unknown', reason: reason ?? '', event: delivery.event, conversionId, atMs: deps.now() }));
}

/** What expired while its conversion was looked at: nobody attempted it, so nobody else tells of it. */
export async function raiseExpired(deps: Raising, conversion: Conversion, before: ReadonlySet<string>): Promise<void> {
  for (const delivery of conversion.deliveries) {
    if (delivery.state === 'expired' && !before.has(delivery.key)) await raiseEnd(deps, conversion.id, delivery, delivery);
  }
}

/** Keys of the deliveries that have expired. */
export const expiredIn = ({ deliveries }: Conversion): Set<string> => new Set(deliveries.filter(({ state }) => state === 'expired').map(({ key }) => key));
