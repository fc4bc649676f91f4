import { z } from 'zod';

/** Outbrain finds account and conversion by the click id and the event's name: there is nothing to set. */
export const settings = z.strictObject({});

export type OutbrainSettings = z.output<typeof settings>;
