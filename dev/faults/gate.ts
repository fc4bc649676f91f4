import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A TCP gate before a server, so that the way to it can be taken away while the server itself lives.
 *
 * - `open`: everything passes
 * - `refuse`: nobody listens
 * - `reset`: connections are reset
 * - `hang`: connections are taken, and nothing passes until the mode changes
 * - `slow`: everything passes, each piece late
 * - `half`: requests pass, of the answer only a part comes, then the connection ends
 * - `swallow`: requests pass, and the connection ends instead of the answer
 */
export type GateMode = 'open' | 'refuse' | 'reset' | 'hang' | 'slow' | 'half' | 'swallow';

export interface Gate {
  readonly port: number;
  /** Resolves when the mode holds, for connections that are there, too. */
  set(mode: GateMode): Promise<void>;
  close(): Promise<void>;
}

const SLOW_MS = 400;

export async function openGate(targetPort: number): Promise<Gate> {
  let mode: GateMode = 'open';
  let released = Promise.resolve();
  let release = (): void => {};
  const sockets = new Set<Socket>();

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.setNoDelay(true).on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const accept = (client: Socket): void => {
    keep(client);
    if (mode === 'reset') return void client.resetAndDestroy();
    const upstream = keep(connect({ port: targetPort, host: '127.0.0.1' }));
    const end = (): void => [client, upstream].forEach((socket) => socket.destroy());
    client.once('close', end);
    upstream.once('close', end);
    pass(client, upstream, false).catch(end);
    pass(upstream, client, true).catch(end);
  };

  async function pass(from: Socket, to: Socket, isAnswer: boolean): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      if (mode === 'hang') await released;
      if (mode === 'slow') await sleep(SLOW_MS);
      // Who gave up meanwhile has closed its end: what it sent does not arrive any more.
      if (from.destroyed || to.destroyed) throw new Error('closed');
      if (isAnswer && mode === 'swallow') throw new Error('swallowed');
      if (isAnswer && mode === 'half') {
        await new Promise<void>((done) => to.end(chunk.subarray(0, Math.ceil(chunk.length * 0.9)), done));
        throw new Error('cut');
      }
      if (!to.write(chunk)) await once(to, 'drain');
    }
    to.end();
  }

  const server: Server = createServer(accept);
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const unlisten = (): Promise<void> => new Promise((done) => {
    server.close(() => done());
    for (const socket of sockets) socket.resetAndDestroy();
  });

  return {
    port,
    async set(wanted) {
      const before = mode;
      mode = wanted;
      if (wanted === 'hang') released = new Promise((done) => (release = done));
      else release();
      if (wanted === 'reset') for (const socket of sockets) socket.resetAndDestroy();
      if (wanted === 'refuse' && before !== 'refuse') await unlisten();
      if (wanted !== 'refuse' && before === 'refuse') await listen(port);
    },
    async close() {
      release();
      if (server.listening) await unlisten();
    },
  };
}
