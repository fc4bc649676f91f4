import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { openStore } from '../store/db.ts';
import { ensureIndexes } from '../store/indexes.ts';
import { createApp } from './app.ts';
import { createDeps } from './create-deps.ts';
import { serve } from './serve.ts';
import { openTemporal } from './temporal.ts';

/** The API process: takes postbacks and clicks. Needs MongoDB to start, Temporal not even then. */

const config = readConfig(process.env);
const log = pino({ level: config.logLevel, base: { process: 'api' } });
const store = await openStore(config.mongodbUri, config.mongodbDatabase, config.mongodbTimeoutMs);
await ensureIndexes(store.db, config);
const temporal = openTemporal(config);
const deps = createDeps({ db: store.db, config, temporal, log });
const serving = await serve(createApp(deps), config.apiHost, config.apiPort);
log.info({ host: config.apiHost, port: serving.port }, 'listening');
process.send?.({ ready: true, port: serving.port });

let stopping = false;
/** Requests first, then the calls to Temporal that they began, then what both work with. */
async function stop(reason: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ reason }, 'stopping');
  const endMs = Date.now() + config.shutdownGraceMs;
  await serving.stop(config.shutdownGraceMs);
  await deps.starter.drain(Math.max(0, endMs - Date.now()));
  await temporal.close();
  await store.close();
  log.info('stopped');
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
// Whoever forked us is gone.
process.on('disconnect', () => void stop('disconnect'));
