import { isDeepStrictEqual } from 'node:util';
import { newId } from '../store/ids.ts';
import { beginAttempt, endAttempt, foldAttempt } from '../store/attempts.ts';
import type { AccessToken, Outcome, PlatformRequest, PlatformResponse } from '../destinations/contract.ts';
import { AuthorisationError } from '../destinations/contract.ts';
import type { AttemptDoc } from '../store/documents.ts';
import { destinationById } from '../store/destinations.ts';
import { keepRenewed } from '../store/renewed-secrets.ts';
import type { Deps } from './deps.ts';
import { readyDestination, type ReadyDestination } from './destination.ts';
import { HttpError } from './http.ts';
import { PRIVATE_ADDRESS } from './public-only.ts';
import { redactHeaders, redactor } from '../destinations/redaction.ts';

/** One recorded request to a platform. */

export interface AttemptOf {
  conversionId: string;
  propertyId: string;
  deliveryKey: string;
  number: number;
  /** Values of a person in the request: a platform may repeat them in its words, which go on to Temporal. */
  personal?: readonly string[];
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
  deps: Deps, destination: ReadyDestination, { personal = [], ...of }: AttemptOf, request: PlatformRequest, token: string | undefined,
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
  const outcome = redactOutcome(plain, personalRedactor(personal, redact));
  const end = {
    endedAt: new Date(deps.now()),
    response: response && { status: response.status, headers: redactHeaders(response.headers, redact), body: redact(response.body) },
    outcome: { kind: outcome.kind, code: 'code' in outcome ? (outcome.code ?? null) : null, message: 'message' in outcome ? outcome.message : null },
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

function personalRedactor(personal: readonly string[], redact: (text: string) => string): (text: string) => string {
  // An e-mail address may come back in its normal form; a name in small letters may be any word.
  const out = redactor(personal.flatMap((value) => (value.includes('@') ? [value, value.trim().toLowerCase()] : [value])), '[personal]');
  return (text) => out(redact(text));
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
  const underWay = new Map<string, Promise<Given>>();
  const exchange = async (destination: ReadyDestination): Promise<Given> => {
    const given = await ask(deps, destination);
    if ('outcome' in given) return given;
    cached.set(keyOf(destination), given.token);
    if (given.token.renewed) await keepRenewed(deps.db, deps.keys, destination.doc, given.token.renewed);
    return given;
  };
  return {
    get: async (destination, fresh) => {
      if (!destination.platform.authorise) return {};
      const key = keyOf(destination);
      const known = cached.get(key);
      if (known && !fresh && known.expiresAtMs - TOKEN_MARGIN_MS > deps.now()) return { token: known.token };
      // Once for all who need it now: a refresh token may be good for one use only.
      const asked = underWay.get(key) ?? exchange(destination).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      const given = await asked;
      return 'outcome' in given ? given : { token: given.token.token };
    },
  };
}

type Given = { token: AccessToken } | { outcome: Outcome };

const keyOf = ({ doc }: ReadyDestination): string => `${doc._id}@${doc.version}`;

/** A refresh token that was refused because another worker has renewed it meanwhile is no refusal: the new one is tried. */
async function ask(deps: Deps, destination: ReadyDestination): Promise<Given> {
  const given = await authorise(deps, destination);
  if (!('outcome' in given) || given.outcome.kind !== 'unauthorised') return given;
  const current = await destinationById(deps.db, destination.doc._id);
  if (!current || current.version !== destination.doc.version) return given;
  const ready = readyDestination(current, deps.keys);
  return 'problem' in ready || isDeepStrictEqual(ready.settings, destination.settings) ? given : authorise(deps, ready);
}

async function authorise(deps: Deps, { platform, settings, secrets }: ReadyDestination): Promise<Given> {
  try {
    const token = await platform.authorise!(settings, (url, init) => deps.http.send({
      method: init?.method === 'GET' ? 'GET' : 'POST', url, headers: init?.headers ?? {}, body: init?.body ?? null,
    }), deps.now());
    return { token };
  } catch (error) {
    if (error instanceof AuthorisationError) return { outcome: redactOutcome(error.outcome, redactor(secrets)) };
    if (error instanceof HttpError) return { outcome: { kind: 'retry', code: error.code, message: error.message } };
    throw error;
  }
}
