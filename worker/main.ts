import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, DefaultLogger } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from '../activities/create.ts';
import { createHttp } from '../activities/http.ts';
import { readConfig } from '../config.ts';
import { openStore } from '../store/db.ts';
import { ensureIndexes } from '../store/indexes.ts';
import { parseKeys } from '../store/secrets.ts';
import { buildWorkflowBundle } from './bundle.ts';
import { prepareNamespace } from './namespace.ts';
import { ensureRelaySchedule } from './schedule.ts';
import { watchVersions } from './version-watch.ts';
import { createWorkers } from './workers.ts';

/** The worker process: everything of a conversion that is not HTTP intake. */

const config = readConfig(process.env);
const log = pino({ level: config.logLevel, base: { process: 'worker' } });
Runtime.install({ logger: new DefaultLogger('WARN', ({ level, message }) => log[level === 'ERROR' ? 'error' : 'warn'](message)) });

const store = await openStore(config.mongodbUri, config.mongodbDatabase, config.mongodbTimeoutMs);
await ensureIndexes(store.db, config);
const connection = await NativeConnection.connect({ address: config.temporalAddress });
await prepareNamespace(connection, config.temporalNamespace, config.retentionMs);
const client = new Client({ connection, namespace: config.temporalNamespace });
await ensureRelaySchedule(client, config.relayIntervalMs);

if (config.credentialsKey === null) throw new Error('CREDENTIALS_KEY is not set: credentials of destinations cannot be read.');
const http = createHttp(config);
const activities = createActivities({
  db: store.db,
  keys: parseKeys(config.credentialsKey),
  http,
  config,
  now: Date.now,
  log,
  workflows: client.workflow,
  withDeadline: (call) => client.withDeadline(Date.now() + config.temporalCallTimeoutMs, call),
});

/** The image carries the bundle; a checkout builds it at start. */
const prebuilt = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
const source = { workflowBundle: existsSync(prebuilt) ? { codePath: prebuilt } : await buildWorkflowBundle() };
const workers = await createWorkers(connection, config, source, activities);

// SIGINT and SIGTERM are the Runtime's: it drains the workers and run() resolves. A launcher that died counts as one of them.
process.once('disconnect', () => {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
});
const running = Promise.all(workers.map((worker) => worker.run()));
log.info({ temporal: config.temporalAddress, namespace: config.temporalNamespace }, 'worker started');
process.send?.({ ready: true });
void watchVersions(store.db, Date.now, log);

await running;
await http.close();
await connection.close();
await store.close();
log.info('worker stopped');
process.exit(0);
