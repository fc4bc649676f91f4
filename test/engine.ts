import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { inject } from 'vitest';
import { createActivities } from '../activities/create.ts';
import { createHttp } from '../activities/http.ts';
import { readConfig, type Config } from '../config.ts';
import { signalConversion } from '../contracts/start.ts';
import { conversionWorkflowId } from '../contracts/conversion.ts';
import { sandboxClient } from '../dev/sandbox/client.ts';
import { MAIN_PLATFORMS, sandboxDestinations } from '../dev/sandbox/destinations.ts';
import { startSandbox } from '../dev/sandbox/server.ts';
import { conversionIdOf, partsOfConversionId } from '../domain/conversion-id.ts';
import type { Conversion } from '../domain/conversion.ts';
import { networkById } from '../networks/catalog.ts';
import { addDestination } from '../setup/destinations.ts';
import { addIntegration } from '../setup/integrations.ts';
import { createProperty } from '../setup/properties.ts';
import { clickDocId, recordClick } from '../store/clicks.ts';
import { conversionById, waitersFor } from '../store/conversions.ts';
import { ensureIndexes } from '../store/indexes.ts';
import { newId } from '../store/ids.ts';
import { recordPostback } from '../store/postbacks.ts';
import { newKeyText, parseKeys } from '../store/secrets.ts';
import type { ClickDoc, IntegrationSettings } from '../store/documents.ts';
import { prepareNamespace } from '../worker/namespace.ts';
import { createWorkers } from '../worker/workers.ts';
import { openTestStore } from './harness.ts';

/**
 * The engine in one process: real Temporal (a namespace of its own), a MongoDB-compatible server (a database of its own), the
 * sandbox platforms, the workers; a property with KMA installed and a destination at each platform.
 */

export interface EngineOptions {
  config?: Partial<Config>;
  integration?: IntegrationSettings;
  /** Those with a destination; the three of the story if not said. */
  platforms?: readonly string[];
  withWorkers?: boolean;
  /** The store's client emits what is sent to MongoDB. */
  monitorCommands?: boolean;
  now?: () => number;
  /** Other servers than those of the test run: for scripts, which vitest does not run. */
  servers?: EngineServers;
}

export interface EngineServers {
  mongodbUri: string;
  temporalAddress: string;
  workflowBundlePath: string;
}

const serversOfTheRun = (): EngineServers =>
  ({ mongodbUri: inject('mongodbUri'), temporalAddress: inject('temporalAddress'), workflowBundlePath: inject('workflowBundlePath') });

const quiet = { info() {}, warn() {}, error() {} };
let runtimeInstalled = false;

export async function startEngine(options: EngineOptions = {}) {
  if (!runtimeInstalled) Runtime.install({ logger: new DefaultLogger('ERROR') });
  runtimeInstalled = true;
  const servers = options.servers ?? serversOfTheRun();
  const store = await openTestStore({ mongodbUri: servers.mongodbUri, monitorCommands: options.monitorCommands ?? false });
  const config: Config = {
    ...readConfig({}), temporalAddress: servers.temporalAddress, temporalNamespace: `test-${randomBytes(6).toString('hex')}`,
    retryFirstMs: 50, retryLongestMs: 500, resultPollFirstMs: 100, resultPollLongestMs: 500, relayAfterMs: 0, shutdownGraceMs: 5_000,
    ...options.config,
  };
  await ensureIndexes(store.db, config);
  const connection = await Connection.connect({ address: config.temporalAddress });
  await connection.workflowService.registerNamespace({ namespace: config.temporalNamespace, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } });
  await prepareNamespace(connection, config.temporalNamespace, config.retentionMs);
  const client = new Client({ connection, namespace: config.temporalNamespace });
  const sandbox = await startSandbox(0);
  config.sandboxOrigin = sandbox.origin;
  const keys = parseKeys(newKeyText('k1'));
  const now = options.now ?? Date.now;

  const setup = { db: store.db, keys, now };
  const property = await createProperty(setup, { name: 'shop' });
  await addIntegration(setup, property._id, 'kma', { settings: { defaultCurrency: 'RUB', ...options.integration } });
  const destinations: Record<string, string> = {};
  const platforms = options.platforms ?? MAIN_PLATFORMS;
  for (const { name, platform, settings, secrets } of sandboxDestinations.filter((each) => platforms.includes(each.platform))) {
    const doc = await addDestination(setup, property._id, { name: `Main ${platform}${destinations[platform] ? ` (${name})` : ''}`, platform }, { settings, secrets });
    destinations[platform] ??= doc._id;
  }

  const http = createHttp(config);
  const deps = { db: store.db, keys, http, config, now, log: quiet, workflows: client.workflow, withDeadline: <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + 5_000, call) };
  const activities = createActivities(deps);
  const native = await NativeConnection.connect({ address: config.temporalAddress });
  const startWorkers = async () => {
    const workers = await createWorkers(native, config, { workflowBundle: { codePath: servers.workflowBundlePath } }, activities);
    const running = Promise.all(workers.map((worker) => worker.run()));
    return { stop: async () => { for (const worker of workers) worker.shutdown(); await running; } };
  };
  let workers = options.withWorkers === false ? null : await startWorkers();

  const engine = {
    store, config, client, property, keys, setup, destinations, deps, activities,
    sandbox: sandboxClient(sandbox.origin),
    startWorkers: async () => { workers = await startWorkers(); },
    stopWorkers: async () => { await workers?.stop(); workers = null; },

    /** Stores a postback as intake does, and signals it unless told otherwise. Returns the conversion's id. */
    async postback(query: string, how: { signal?: boolean; receivedAtMs?: number } = {}): Promise<string> {
      const receivedAt = new Date(how.receivedAtMs ?? now());
      const report = networkById('kma')!.parse({ query, contentType: null, body: null, receivedAtMs: receivedAt.getTime() }, {});
      if ('error' in report) throw new Error(report.error.message);
      const conversionId = conversionIdOf(property._id, 'kma', report)!;
      const _id = newId(receivedAt.getTime());
      await recordPostback(store.db, {
        _id, propertyId: property._id, network: 'kma', method: 'GET', query, contentType: null, body: null, ip: '127.0.0.1', userAgent: null,
        receivedAt, conversionId, outcome: null, tries: 0, nextTryAt: null, lastError: null,
      });
      if (how.signal !== false) await signalConversion(client.workflow, { conversionId, propertyId: property._id, network: 'kma' }, { postbackId: _id });
      return conversionId;
    },

    /** Stores a click as the click writer does, and tells its waiters. */
    async click(clickId: string, more: Partial<ClickDoc> = {}): Promise<void> {
      const at = new Date(now() - 3_600_000);
      await recordClick(store.db, {
        _id: clickDocId(property._id, clickId), propertyId: property._id, clickId, clickedAt: at, landedAt: at, receivedAt: at,
        landingUrl: 'https://shop.example/landing', pageUrl: 'https://shop.example/offer', pageTitle: null, referrer: null, linkUrl: null, network: 'kma',
        utm: {}, ids: { fbclid: 'IwAR0SampleFbclid', gclid: 'Cj0SampleGclid', ttclid: 'E.C.P.SampleTtclid' }, ip: '203.0.113.7',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', language: null, country: 'ES', consent: {}, ...more,
      });
      for (const waiter of await waitersFor(store.db, property._id, clickId)) await signalConversion(client.workflow, waiter, { clickId });
    },

    async conversion(conversionId: string): Promise<Conversion> {
      const found = await conversionById(store.db, conversionId);
      if (!found) throw new Error(`no conversion ${conversionId}`);
      return found.conversion;
    },

    /** Waits until the conversion is as told; fails with what it is instead. */
    async until(conversionId: string, holds: (conversion: Conversion) => boolean, timeoutMs = 20_000): Promise<Conversion> {
      const end = Date.now() + timeoutMs;
      for (;;) {
        const found = await conversionById(store.db, conversionId);
        if (found && holds(found.conversion)) return found.conversion;
        if (Date.now() > end) throw new Error(`not so within ${timeoutMs} ms: ${JSON.stringify(found?.conversion, null, 1)}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },

    handle: (conversionId: string) => client.workflow.getHandle(conversionWorkflowId(conversionId)),
    parts: partsOfConversionId,

    async close(): Promise<void> {
      await workers?.stop();
      await native.close();
      await http.close();
      await connection.close();
      await sandbox.close();
      await store.close();
    },
  };
  return engine;
}

export type Engine = Awaited<ReturnType<typeof startEngine>>;

/** State and platform of every delivery, in words: `Lead meta delivered`. */
export const deliveriesOf = (conversion: Conversion): string[] =>
  conversion.deliveries.map((d) => `${d.event}${d.generation > 1 ? ` ${d.generation}` : ''}${d.kind === 'event' ? '' : ` ${d.kind}`} ${d.platform} ${d.state}`).sort();
