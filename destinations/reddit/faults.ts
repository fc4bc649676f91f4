import type { Outcome, PlatformResponse } from '../contract.ts';
import { asArray, asObject, asText } from '../json-body.ts';
import { toOutcome } from '../verdict.ts';
import { verdictOfEvent } from './errors.ts';

type Sent = readonly Record<string, string>[];

/**
 * The events that Reddit names as invalid, by their place in the request. Version 3 names the place (`$.data.events[0].user`),
 * `invalid_events` repeats the event instead, which is known again by its conversion id or, failing that, its time.
 */
export const faultsOf = (body: Record<string, unknown>, sent: Sent, response: PlatformResponse): Map<number, Outcome> => {
  const faults = new Map<number, Outcome>();
  const blame = (index: number | undefined, words: string | null) => {
    if (index === undefined || index < 0 || index >= sent.length || faults.has(index)) return;
    faults.set(index, toOutcome(verdictOfEvent(words ?? ''), { code: 'invalid_event', said: words }, response.headers));
  };
  for (const one of asArray(asObject(body['error'])?.['fields']).map(asObject)) {
    const place = /events\[(\d+)\]/.exec(asText(one?.['field']) ?? '')?.[1];
    blame(place === undefined ? undefined : Number(place), asText(one?.['message']));
  }
  const invalid = asArray(body['invalid_events']).map(asObject);
  for (const [index, one] of invalid.entries()) {
    // As many as went out: all of them, in their order.
    const place = invalid.length === sent.length ? index : placeOf(asObject(one?.['event']), sent);
    blame(place, asText(one?.['error_message']));
  }
  return faults;
};

const placeOf = (event: Record<string, unknown> | null, sent: Sent): number | undefined => {
  if (!event) return undefined;
  const conversionId = asText(asObject(event['metadata'] ?? event['event_metadata'])?.['conversion_id']);
  const byId = sent.findIndex(({ eventId }) => eventId !== undefined && eventId === conversionId);
  if (byId >= 0) return byId;
  const at = asText(event['event_at']);
  const atMs = at === null ? Number.NaN : /^\d+$/.test(at) ? Number(at) : Date.parse(at);
  const places = sent.flatMap(({ eventAt }, index) => (eventAt !== undefined && Number(eventAt) === atMs ? [index] : []));
  return places.length === 1 ? places[0] : undefined;
};
