import { Agent, request } from 'undici';
import type { PlatformRequest, PlatformResponse } from '../destinations/contract.ts';

/** The one way out to ad platforms: every request has a whole timeout, a size limit, and follows no redirect. */
export interface Http {
  send(request: Pick<PlatformRequest, 'method' | 'url' | 'headers' | 'body'>): Promise<PlatformResponse>;
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
}

/** Errors before the first byte left: the platform certainly knows nothing of it. */
const NEVER_SENT = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'ERR_INVALID_URL', 'CERT_HAS_EXPIRED']);

export function createHttp(limits: HttpLimits): Http {
  const agent = new Agent({ connect: { timeout: Math.min(5_000, limits.platformTimeoutMs) }, keepAliveTimeout: 10_000, pipelining: 1 });
  return {
    send: async (outgoing) => {
      const url = limits.sandboxOrigin ? throughSandbox(limits.sandboxOrigin, outgoing.url) : outgoing.url;
      try {
        const response = await request(url, {
          dispatcher: agent,
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
    close: () => agent.close(),
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
  return new HttpError(code ?? 'network_error', !NEVER_SENT.has(code ?? ''), message || 'The connection failed.');
}
