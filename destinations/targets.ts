import { rowOf } from './row.ts';
import { z } from 'zod';
import type { OutboundEvent } from './contract.ts';

/** Targets at a platform that has one for each kind of event: conversion actions, conversion rules, event ids. */

/** `Lead=1, Purchase=2` as a record; what has no `=` is left for the schema to refuse. */
const readPairs = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .filter((part) => part.trim() !== '')
      .map((part) => {
        const at = part.lastIndexOf('=');
        return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
      }),
  );

/** A setting that names a target for each event. Given as text on a command line, kept as a record: both are taken; empty is none. */
export const targetsByEvent = (target: z.ZodType<string>) =>
  z.preprocess((value) => (typeof value === 'string' ? readPairs(value) : value), z.record(z.string().trim().min(1), target)).optional();

/** The target of an event: the one named for it, else the one that serves every event. */
export const targetOf = ({ name, event }: Pick<OutboundEvent, 'name' | 'event'>, byEvent: Record<string, string> | undefined, all: string | undefined): string | undefined =>
  rowOf(byEvent, name) ?? rowOf(byEvent, event) ?? all;
