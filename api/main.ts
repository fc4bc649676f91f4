import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { createStore } from '../store/db.ts';
import { createApp } from './app.ts';
import { connectMongodb } from './connect-mongodb.ts';
import { createDeps, keysOf } from './create-deps.ts';
import { openKeepers } from './keepers.ts';
import { serve } from './serve.ts';
import { openTemporal } from './temporal.ts';
import { startUpkeep } from './upkeep.ts';

/** The API process: takes postbacks and clicks. Starts without MongoDB and without Temporal. */

const config = readConfig(process.env);
const log = pino({ level: config.logLevel, base: { process: 'api' } });
const { spool, snapshot } = await openKeepers(config, keysOf(config), log);
const store = createStore(config.mongodbUri, config.mongodbDatabase, config.mongodbTimeoutMs);
const connecting = connectMongodb(store, config, log);
await connecting.within(config.intakeStoreTimeoutMs);
const temporal = openTemporal(config);
const deps = createDeps({ db: store.db, config, temporal, spool, snapshot, log });
const serving = await serve(createApp(deps), config.apiHost, config.apiPort);
const upkeep = startUpkeep(deps, snapshot);
log.info({ host: config.apiHost, port: serving.port }, 'listening');
process.send?.({ ready: true, port: serving.port });

let stopping = false;
/** Requests first, then the calls to Temporal that they began, then what both work with. */
async function stop(reason: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ reason }, 'stopping');
  const endMs = Date.now() + config.shutdownGraceMs;
  const left = (): number => Math.max(0, endMs - Date.now());
  connecting.stop();
  await serving.stop(config.shutdownGraceMs);
  await deps.starter.drain(left());
  // A drain that is cut off here is taken up again by the next process.
  await Promise.race([upkeep.stop(), new Promise((resolve) => setTimeout(resolve, left()))]);
  await spool.close();
  await temporal.close();
  await store.close();
  log.info('stopped');
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
// Whoever forked us is gone.
process.on('disconnect', () => void stop('disconnect'));
