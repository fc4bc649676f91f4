import { ApplicationFailure } from '@temporalio/common';
import type { DeliverResult } from '../../contracts/activities.ts';
import type { Conversion, Delivery } from '../../domain/conversion.ts';
import { createActivities } from '../../activities/create.ts';
import { createHttp, type Http } from '../../activities/http.ts';
import { attemptsOf } from '../../store/attempts.ts';
import type { AttemptDoc, ClickDoc, DestinationDoc } from '../../store/documents.ts';
import { startEngine } from '../engine.ts';

/** The activities by themselves: the real store, the sandbox, no run of a workflow; a clock that can be put forward. */

/** What an attempt came to: an end, or the failure that makes Temporal wait. */
export type Told = DeliverResult | { waits: string; ms: number };

export async function startActivities(options: { platforms?: readonly string[]; click?: Partial<ClickDoc> } = {}) {
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const engine = await startEngine({ withWorkers: false, now, ...(options.platforms && { platforms: options.platforms }) });
  const { deps, store, sandbox } = engine;
  const logged: string[] = [];
  const note = (fields: object, message: string) => void logged.push(JSON.stringify({ ...fields, message }));
  const log = { info: note, warn: note, error: note };
  /** Activities of their own for each test: no access token of another. */
  const activitiesWith = (http: Http = deps.http) => createActivities({ ...deps, http, log });
  let activities = activitiesWith();
  const configured = await store.db.collection<DestinationDoc>('destinations').find({}).toArray();
  let clickFields = options.click;
  let serial = 0;
  let click = '';
  let order = '';

  const world = {
    engine, sandbox, store, clock, logged, now,
    get click() { return click; },

    /** Everything as at first: destinations active, sandbox and clock reset, a click of its own. */
    async reset(): Promise<void> {
      clock.aheadMs = 0;
      logged.length = 0;
      await sandbox.reset();
      await store.db.collection<DestinationDoc>('destinations').updateMany({}, { $set: { state: 'active', paused: null, 'policy.unknownOutcome': 'hold' } });
      // A token that was renewed in another test is unknown to a sandbox that forgot it.
      for (const { _id, secrets } of configured) await store.db.collection<DestinationDoc>('destinations').updateOne({ _id }, { $set: { secrets } });
      activities = activitiesWith();
      const n = String(++serial).padStart(3, '0');
      order = `9${n}`;
      click = `mz7yYainzaN6hkc52QV${n}`;
      await engine.click(click, clickFields);
    },

    /** Goes on later: our clock and the platforms'. */
    async later(ms: number): Promise<void> {
      clock.aheadMs += ms;
      await sandbox.settings({ clockOffsetMs: clock.aheadMs });
    },

    activities: () => activities,
    /** What the clicks of the next `reset` and after carry. */
    useClick: (fields: Partial<ClickDoc>) => void (clickFields = fields),
    useHttp: (http: Http) => void (activities = activitiesWith(http)),
    http: (changes: Partial<typeof engine.config>) => createHttp({ ...engine.config, ...changes }),

    /** Takes a report in. Returns the conversion. */
    async report(query: string): Promise<Conversion> {
      const conversionId = await engine.postback(`orderid=${order}&data3=${click}&${query}`, { signal: false });
      const postbackIds = (await store.db.collection<{ _id: string }>('postbacks').find({ conversionId }).toArray()).map(({ _id }) => _id);
      await activities.conversions.openConversion({ conversionId, ...engine.parts(conversionId), postbackIds, reason: 'test' });
      return engine.conversion(conversionId);
    },

    /** One attempt of the delivery at a platform, by its event and kind. */
    async deliver(conversion: Conversion, platform: string, kind: Delivery['kind'] = 'event', event?: string): Promise<Told> {
      const { key } = await world.delivery(conversion, platform, kind, event);
      return activities.deliveries.deliver({ conversionId: conversion.id, deliveryKey: key }).catch((error: unknown) => {
        if (!(error instanceof ApplicationFailure) || error.nonRetryable) throw error;
        return { waits: error.type!, ms: Number(error.nextRetryDelay) };
      });
    },

    async delivery(conversion: Conversion, platform: string, kind: Delivery['kind'] = 'event', event?: string): Promise<Delivery> {
      const found = (await engine.conversion(conversion.id)).deliveries.find((d) => d.platform === platform && d.kind === kind && (!event || d.event === event));
      if (!found) throw new Error(`no ${kind} at ${platform}`);
      return found;
    },

    attempts: async (conversion: Conversion, platform: string): Promise<AttemptDoc[]> =>
      (await attemptsOf(store.db, conversion.id)).filter((attempt) => attempt.platform === platform),
    destination: async (platform: string): Promise<DestinationDoc> =>
      (await store.db.collection<DestinationDoc>('destinations').findOne({ platform }))!,
    setDestination: async (platform: string, fields: object): Promise<void> =>
      void (await store.db.collection('destinations').updateOne({ platform }, { $set: fields })),

    close: () => engine.close(),
  };
  await world.reset();
  return world;
}
