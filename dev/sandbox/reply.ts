/** The ways in which an answer leaves, or does not. */
import type { ServerResponse } from 'node:http';

interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

export function send(res: ServerResponse, reply: Reply): void {
  const { headers, text } = encode(reply);
  res.writeHead(reply.status, { ...headers, 'content-length': Buffer.byteLength(text) });
  res.end(text);
}

/** Headers at once, then the body in small pieces, ten times a second. */
export function sendSlowly(res: ServerResponse, reply: Reply, bytesPerSecond: number): void {
  const { headers, text } = encode(reply);
  const bytes = Buffer.from(text);
  res.writeHead(reply.status, { ...headers, 'content-length': bytes.length });
  res.flushHeaders();
  const started = Date.now();
  let sent = 0;
  const timer = setInterval(() => {
    const until = Math.min(bytes.length, Math.floor(((Date.now() - started) * bytesPerSecond) / 1000));
    if (until > sent) res.write(bytes.subarray(sent, until));
    sent = Math.max(sent, until);
    if (sent >= bytes.length) res.end();
  }, 100);
  res.once('close', () => clearInterval(timer));
}

/** Leaves the connection open: the client's departure or the server's close ends it. */
export function hang(_res: ServerResponse): void {}

export function reset(res: ServerResponse): void {
  res.socket?.resetAndDestroy();
}

/** Waits, but no longer than the client does. */
export const wait = (delayMs: number, res: ServerResponse): Promise<void> => new Promise((resolve) => {
  const timer = setTimeout(resolve, delayMs);
  res.once('close', () => {
    clearTimeout(timer);
    resolve();
  });
});

function encode({ headers, body }: Reply): { headers: Record<string, string>; text: string } {
  const isText = typeof body === 'string';
  const type = isText ? (body.trimStart().startsWith('<') ? 'text/html; charset=UTF-8' : 'text/plain; charset=utf-8') : 'application/json; charset=UTF-8';
  return { headers: { 'content-type': type, ...headers }, text: isText ? body : JSON.stringify(body) };
}
