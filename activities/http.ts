import { Agent, buildConnector, request } from 'undici';
import type { PlatformRequest, PlatformResponse } from '../destinations/contract.ts';
import { PRIVATE_ADDRESS, publicConnector } from './public-only.ts';

/** The one way out to ad platforms: every request has a whole timeout, a size limit, and follows no redirect. */
export interface Http {
  send(request: Pick<PlatformRequest, 'method' | 'url' | 'headers' | 'body' | 'publicOnly'>): Promise<PlatformResponse>;
  close(): Promise<void>;
}

/** No answer. `reached`: the request may have arrived, so its outcome is unknown. */
export class HttpError extends Error {
  readonly code: string;
  readonly reached: boolean;
  constructor(code: string, reached: boolean, message: string) {
    super(message);
    this.code = code;
    this.reached = reached;
  }
}

export interface HttpLimits {
  platformTimeoutMs: number;
  platformResponseMaxBytes: number;
  /** Development: requests go to `<origin>/<host>/<path>`. */
  sandboxOrigin: string | null;
  /** Requests to addresses that a person wrote may go into a private network. */
  webhookAllowPrivate: boolean;
}

/** Requests that could not even be put together: the platform certainly knows nothing of them, nor of those that found no connection. */
const NEVER_SENT = new Set(['ERR_INVALID_URL', 'UND_ERR_INVALID_ARG']);
/** Errors of connecting, whatever their code: refused, not found, a certificate or a handshake that failed. */
const CONNECTING = new WeakSet<Error>();

/** Before the connection stands nothing was sent: remembers errors that came then. */
const noting = (connect: buildConnector.connector): buildConnector.connector => (options, callback) =>
  connect(options, (...result) => {
    if (result[0]) CONNECTING.add(result[0]);
    callback(...result);
  });

export function createHttp(limits: HttpLimits): Http {
  const connectTimeoutMs = Math.min(5_000, limits.platformTimeoutMs);
  const pool = { keepAliveTimeout: 10_000, pipelining: 1 };
  const agent = new Agent({ ...pool, connect: noting(buildConnector({ timeout: connectTimeoutMs })) });
  // A pool of its own: a connection that was made unguarded is never used for a guarded request.
  const guarded = new Agent({ ...pool, connect: noting(publicConnector(connectTimeoutMs)) });
  const isGuarded = ({ publicOnly }: { publicOnly?: boolean }): boolean => publicOnly === true && limits.sandboxOrigin === null && !limits.webhookAllowPrivate;
  return {
    send: async (outgoing) => {
      const url = limits.sandboxOrigin ? throughSandbox(limits.sandboxOrigin, outgoing.url) : outgoing.url;
      try {
        if (outgoing.publicOnly && !/^https?:\/\//i.test(url)) throw new HttpError(PRIVATE_ADDRESS, false, 'Only http and https addresses are called.');
        const response = await request(url, {
          dispatcher: isGuarded(outgoing) ? guarded : agent,
          method: outgoing.method,
          headers: { 'user-agent': 'tributary', ...outgoing.headers },
          body: outgoing.body,
          signal: AbortSignal.timeout(limits.platformTimeoutMs),
        });
        return {
          status: response.statusCode,
          headers: flatten(response.headers),
          body: await readLimited(response.body, limits.platformResponseMaxBytes),
        };
      } catch (error) {
        throw asHttpError(error, limits.platformTimeoutMs);
      }
    },
    close: async () => void (await Promise.all([agent.close(), guarded.close()])),
  };
}

const throughSandbox = (origin: string, url: string): string => `${origin}/${url.replace(/^https?:\/\//, '')}`;

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : (value ?? '')]));
}

/** Reads at most `maxBytes`; what is over it is cut off, since a verdict stands at the beginning of an answer. */
async function readLimited(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}

function asHttpError(error: unknown, timeoutMs: number): HttpError {
  if (error instanceof HttpError) return error;
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === 'TimeoutError' || name === 'AbortError') return new HttpError('timeout', true, `No whole answer within ${timeoutMs} ms.`);
  return new HttpError(code ?? 'network_error', !NEVER_SENT.has(code ?? '') && !CONNECTING.has(error as Error), message || 'The connection failed.');
}
