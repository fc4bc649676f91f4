import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A server that can be taken away, made to hang, and given back, without touching the one that other tests use. */
export interface Proxy {
  port: number;
  /** Connections are cut and refused. */
  cut(): void;
  /** Connections stand, and nothing comes through. */
  hang(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let state: 'up' | 'cut' | 'hung' = 'up';
  const drop = () => {
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
    pairs.clear();
  };
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    const far = connect(target.port, target.host);
    const pair = { near, far };
    pairs.add(pair);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      from.on('data', (chunk) => void (state === 'up' && to.write(chunk)));
      from.on('error', () => undefined).on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      state = 'cut';
      drop();
    },
    hang: () => void (state = 'hung'),
    restore: () => {
      // What hung has lost bytes: those connections are of no use any more.
      if (state === 'hung') drop();
      state = 'up';
    },
    close: () => {
      drop();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
