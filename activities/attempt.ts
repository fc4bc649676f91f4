import { newId } from '../store/ids.ts';
import { beginAttempt, endAttempt, foldAttempt } from '../store/attempts.ts';
import type { AccessToken, Outcome, PlatformRequest, PlatformResponse } from '../destinations/contract.ts';
import { AuthorisationError } from '../destinations/contract.ts';
import type { AttemptDoc, DestinationDoc } from '../store/documents.ts';
import { destinationById, resealDestination } from '../store/destinations.ts';
import { destinationContext, open, seal } from '../store/secrets.ts';
import type { Deps } from './deps.ts';
import type { ReadyDestination } from './destination.ts';
import { HttpError } from './http.ts';
import { PRIVATE_ADDRESS } from './public-only.ts';
import { redactHeaders, redactor } from './redact.ts';

/** One recorded request to a platform. */

export interface AttemptOf {
  conversionId: string;
  propertyId: string;
  deliveryKey: string;
  number: number;
}

/** The outcome, and whether the platform may have taken the event although nobody knows it. */
export interface AttemptResult {
  outcome: Outcome;
  unknown: boolean;
}

/**
 * Records the attempt, sends, classifies, records the end. `classify` sees every answer; no answer at all is a `retry`
 * with the transport's code. Throws only where the record itself cannot be written.
 */
export async function attempt(
  deps: Deps, destination: ReadyDestination, of: AttemptOf, request: PlatformRequest, token: string | undefined,
  classify: (response: PlatformResponse) => Outcome,
): Promise<AttemptResult> {
  const redact = redactor([...destination.secrets, ...(request.secrets ?? []), ...(token ? [token] : [])]);
  const record: AttemptDoc = {
    _id: newId(deps.now()),
    ...of,
    destinationId: destination.doc._id,
    platform: destination.doc.platform,
    destinationVersion: destination.doc.version,
    startedAt: new Date(deps.now()),
    endedAt: null,
    request: { method: request.method, url: redact(request.url), headers: redactHeaders(request.headers, redact), body: request.body && redact(request.body) },
    response: null,
    outcome: null,
    count: 1,
  };
  await beginAttempt(deps.db, record);
  const { response, outcome: plain, unknown } = await sendAndClassify(deps, request, classify);
  const outcome = redactOutcome(plain, redact);
  const end = {
    endedAt: new Date(deps.now()),
    response: response && { status: response.status, headers: redactHeaders(response.headers, redact), body: redact(response.body) },
    outcome: { kind: outcome.kind, code: 'code' in outcome ? outcome.code : null, message: 'message' in outcome ? outcome.message : null },
  };
  await endAttempt(deps.db, record._id, end);
  if (of.number > 1 && (outcome.kind === 'retry' || outcome.kind === 'accepted')) await foldAttempt(deps.db, { ...record, ...end });
  deps.log.info(
    {
      delivery: of.deliveryKey, conversion: of.conversionId, platform: record.platform, attempt: of.number,
      outcome: outcome.kind, code: end.outcome.code, status: response?.status ?? null, ms: end.endedAt.getTime() - record.startedAt.getTime(),
    },
    'attempt',
  );
  return { outcome, unknown };
}

/** A platform may echo a token in its words; they go on into the record, the Temporal UI and the log. */
function redactOutcome(outcome: Outcome, redact: (text: string) => string): Outcome {
  if ('message' in outcome) return { ...outcome, message: redact(outcome.message) };
  return 'warnings' in outcome && outcome.warnings ? { ...outcome, warnings: outcome.warnings.map(redact) } : outcome;
}

async function sendAndClassify(deps: Deps, request: PlatformRequest, classify: (response: PlatformResponse) => Outcome) {
  try {
    const response = await deps.http.send(request);
    return { response, outcome: classify(dated(response, deps.now())), unknown: false };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    // A refused address is a setting to be corrected: no later try would reach it.
    const kind = error.code === PRIVATE_ADDRESS ? 'misconfigured' : 'retry';
    return { response: null, outcome: { kind, code: error.code, message: error.message } satisfies Outcome, unknown: error.reached };
  }
}

/** Classifiers have no clock but the answer's own `date`; a platform that sends none gets ours. */
const dated = (response: PlatformResponse, nowMs: number): PlatformResponse =>
  response.headers['date'] ? response : { ...response, headers: { ...response.headers, date: new Date(nowMs).toUTCString() } };

/** Access tokens by destination and settings version, shared by all deliveries of a worker. */
export interface Tokens {
  get(destination: ReadyDestination, fresh: boolean): Promise<{ token?: string } | { outcome: Outcome }>;
}

/** A token is not used in its last minute, so that it does not run out under way. */
const TOKEN_MARGIN_MS = 60_000;

export function createTokens(deps: Deps): Tokens {
  const cached = new Map<string, AccessToken>();
  return {
    get: async (destination, fresh) => {
      const { doc, platform, settings } = destination;
      if (!platform.authorise) return {};
      const key = `${doc._id}@${doc.version}`;
      const known = cached.get(key);
      if (known && !fresh && known.expiresAtMs - TOKEN_MARGIN_MS > deps.now()) return { token: known.token };
      try {
        const token = await platform.authorise(settings, (url, init) => deps.http.send({
          method: init?.method === 'GET' ? 'GET' : 'POST', url, headers: init?.headers ?? {}, body: init?.body ?? null,
        }), deps.now());
        cached.set(key, token);
        if (token.renewed) await keepRenewed(deps, doc, token.renewed);
        return { token: token.token };
      } catch (error) {
        if (error instanceof AuthorisationError) return { outcome: redactOutcome(error.outcome, redactor(destination.secrets)) };
        if (error instanceof HttpError) return { outcome: { kind: 'retry', code: error.code, message: error.message } };
        throw error;
      }
    },
  };
}

/**
 * A refresh token that the platform rotated goes over the old one. The version stays: nobody changed a setting. Where
 * somebody did meanwhile, theirs stands, and what is renewed here is lost with the old grant.
 */
async function keepRenewed(deps: Deps, doc: DestinationDoc, renewed: Record<string, string>): Promise<void> {
  const current = await destinationById(deps.db, doc._id);
  if (!current || current.version !== doc.version) return;
  const context = destinationContext(doc._id);
  const secrets = JSON.parse(open(deps.keys, current.secrets, context)) as Record<string, unknown>;
  await resealDestination(deps.db, doc._id, doc.version, seal(deps.keys, JSON.stringify({ ...secrets, ...renewed }), context));
}
