import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import { repairRequestLines } from './repair-request-line.ts';

/** A GET postback carries everything in its address; Node's own limit for all headers together is 16 KiB. */
const HEADERS_MAX_BYTES = 64 * 1024;
/** A caller who sends slower than this holds a connection for nothing. */
const REQUEST_WITHIN_MS = 30_000;

export interface Serving {
  port: number;
  /** Takes no further connection, lets requests in flight end, and cuts what is left after `withinMs`. */
  stop(withinMs: number): Promise<void>;
}

export async function serve(app: Koa, host: string, port: number): Promise<Serving> {
  const server = createServer({ maxHeaderSize: HEADERS_MAX_BYTES, requestTimeout: REQUEST_WITHIN_MS }, app.callback());
  repairRequestLines(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop(withinMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // `close` ends the connections that are idle at that moment; those that become idle later are ended here.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const cut = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
    },
  };
}
