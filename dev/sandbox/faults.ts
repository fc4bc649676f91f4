/** Faults wait in a queue: the first one that matches a request answers it, `times` times. */
import { z } from 'zod';
import { platformNames } from './contract.ts';
import type { Identified, PlatformName, SandboxRequest } from './contract.ts';

const delayMs = z.number().int().min(0);

const faultAnswerSchema = z.union([
  z.strictObject({ status: z.number().int().min(200).max(599), headers: z.record(z.string(), z.string()).optional(), body: z.unknown().optional(), delayMs: delayMs.optional() }),
  /** Never answers, until the client leaves. */
  z.strictObject({ hang: z.literal(true) }),
  /** Ends the connection with a TCP reset. */
  z.strictObject({ reset: z.literal(true) }),
  /** The platform's own answer, a few bytes at a time. */
  z.strictObject({ slowBody: z.strictObject({ bytesPerSecond: z.number().positive() }) }),
  /** The platform's own error body for this code. */
  z.strictObject({ code: z.union([z.string(), z.number()]).transform(String), delayMs: delayMs.optional() }),
  /** The platform's own answer, later. */
  z.strictObject({ delayMs }),
]);

export const faultSchema = z.strictObject({
  platform: z.enum(platformNames),
  match: z.strictObject({
    event: z.string().optional(),
    eventId: z.string().optional(),
    transactionId: z.string().optional(),
    bodyContains: z.string().optional(),
    pathContains: z.string().optional(),
  }).default({}),
  times: z.number().int().min(1).default(1),
  answer: faultAnswerSchema,
  /** The platform takes the request first and only its answer fails: the sender cannot know the outcome. */
  afterAccept: z.boolean().default(false),
});

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { id: string; left: number };

export interface Faults {
  add(fault: z.output<typeof faultSchema>): string;
  /** Takes one use of the first fault that matches. */
  take(platform: PlatformName, request: SandboxRequest, found: Identified): Fault | null;
  /** Returns a use that was not needed. */
  putBack(fault: Fault): void;
  list(): Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let queue: Fault[] = [];
  let count = 0;
  return {
    add(fault) {
      const id = `fault-${++count}`;
      queue.push({ ...fault, id, left: fault.times });
      return id;
    },
    take(platform, request, found) {
      const fault = queue.find((one) => one.left > 0 && one.platform === platform && matches(one.match, request, found));
      if (fault) fault.left -= 1;
      return fault ?? null;
    },
    putBack: (fault) => void (fault.left += 1),
    list: () => queue.filter((fault) => fault.left > 0),
    clear: () => void (queue = []),
  };
}

function matches(match: Fault['match'], request: SandboxRequest, found: Identified): boolean {
  return (match.event === undefined || found.events.includes(match.event))
    && (match.eventId === undefined || found.eventIds.includes(match.eventId))
    && (match.transactionId === undefined || found.transactionIds.includes(match.transactionId))
    && (match.bodyContains === undefined || request.text.includes(match.bodyContains))
    && (match.pathContains === undefined || request.path.includes(match.pathContains));
}
