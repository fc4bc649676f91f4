import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import { MongoError } from 'mongodb';
import type { Logger } from 'pino';
import type { SpoolError } from './spool/spool.ts';

/** Errors that a caller sees: RFC 9457 problem details. `detail` is a public sentence; causes are for the log alone. */

const RETRY_AFTER_S = 30;

/** Title of each code: what kind of problem it is, the same wherever it occurs. */
const titles = {
  not_found: 'There is nothing at this address',
  method_not_allowed: 'This address does not take this method',
  property_unknown: 'No such property',
  network_unknown: 'No such network',
  integration_missing: 'The network is not installed in this property',
  body_too_large: 'The body is too large',
  body_encoded: 'The body is compressed or otherwise encoded',
  body_unreadable: 'The body could not be received',
  body_invalid: 'The body is not what its content type says',
  address_refused: 'The address is not on the list',
  secret_refused: 'The secret is missing or wrong',
  parse_failed: 'The report could not be read because of an error on our side',
  click_invalid: 'The click cannot be read',
  request_invalid: 'The request cannot be read',
  api_disabled: 'The operator API is not set up',
  token_refused: 'The token is missing or wrong',
  property_not_found: 'No such property',
  destination_not_found: 'No such destination',
  conversion_not_found: 'No such conversion',
  postback_not_found: 'No such postback',
  replay_not_found: 'No such replay',
  replay_ended: 'The replay has ended',
  operation_refused: 'The operation was refused',
  operation_pending: 'The outcome of the operation is open',
  temporal_unavailable: 'Temporal does not answer',
  store_unavailable: 'The store does not answer',
  spool_full: 'The spool is full',
  spool_refused: 'The disk of the spool takes no writes',
  internal: 'Something went wrong on our side',
} as const;

export type ProblemCode = keyof typeof titles;

export class Problem extends Error {
  readonly status: number;
  readonly code: ProblemCode;
  readonly headers: Record<string, string>;
  /** The code of who refused, where that was not this process. */
  readonly refusal: string | undefined;
  /** `detail` is shown to the caller. */
  constructor(status: number, code: ProblemCode, detail: string, options: { headers?: Record<string, string>; cause?: unknown; refusal?: string } = {}) {
    super(detail, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.refusal = options.refusal;
  }
}

/** The store is away: nothing was taken on, the caller is asked to come again. */
export const storeUnavailable = (cause: unknown): Problem =>
  new Problem(503, 'store_unavailable', `Nothing was stored. Please repeat the call in ${RETRY_AFTER_S} seconds.`, {
    headers: { 'Retry-After': String(RETRY_AFTER_S) },
    cause,
  });

/** Neither MongoDB nor Temporal answers, and the disk took it neither. */
export const spoolProblem = (error: SpoolError): Problem =>
  new Problem(503, error.code, `Nothing was stored. Please repeat the call in ${RETRY_AFTER_S} seconds.`, {
    headers: { 'Retry-After': String(RETRY_AFTER_S) },
    cause: error,
  });

export const methodNotAllowed = (method: string, allow: string): Problem =>
  new Problem(405, 'method_not_allowed', `${method} is not taken here, only ${allow}.`, { headers: { Allow: allow } });

/** Answers every error as a problem. What the caller caused is logged at debug, what we caused as an error. */
export const problems = (log: Logger): Middleware => async (ctx, next) => {
  try {
    await next();
    if (ctx.status === 404 && ctx.body == null) throw new Problem(404, 'not_found', 'There is nothing at this address.');
  } catch (error) {
    const problem = asProblem(error);
    const instance = `urn:uuid:${randomUUID()}`;
    const { status, code, message: detail } = problem;
    log[status < 500 ? 'debug' : 'error']({ instance, code, status, err: problem.cause ?? problem }, 'request failed');
    ctx.status = status;
    ctx.set(problem.headers);
    ctx.body = JSON.stringify({ type: `urn:tributary:problem:${code}`, title: titles[code], status, detail, code, refusal: problem.refusal, instance });
    ctx.type = 'application/problem+json';
  }
};

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof MongoError) return storeUnavailable(error);
  return new Problem(500, 'internal', 'Something went wrong on our side. Please repeat the call.', { cause: error });
}
