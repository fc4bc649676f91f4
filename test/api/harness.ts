import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, WorkflowClient } from '@temporalio/client';
import { pino } from 'pino';
import { inject } from 'vitest';
import { createApp } from '../../api/app.ts';
import { createDeps, keysOf } from '../../api/create-deps.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { openKeepers } from '../../api/keepers.ts';
import { serve } from '../../api/serve.ts';
import type { Snapshot } from '../../api/snapshot.ts';
import { openTemporal } from '../../api/temporal.ts';
import { readConfig, type Config } from '../../config.ts';
import type { IntegrationDoc, IntegrationSettings, PostbackDoc, PropertyDoc, RefusalDoc } from '../../store/documents.ts';
import { newId, newKey } from '../../store/ids.ts';
import { ensureIndexes } from '../../store/indexes.ts';
import { insertIntegration } from '../../store/integrations.ts';
import { insertProperty } from '../../store/properties.ts';
import { integrationContext, newKeyText, parseKeys, seal } from '../../store/secrets.ts';
import { prepareNamespace } from '../../worker/namespace.ts';
import { openTestStore } from '../harness.ts';

/** An API on a free port, on the real servers, with a database of its own. */

export const CREDENTIALS_KEY = newKeyText('test');

export interface TestApi {
  url: string;
  deps: ApiDeps;
  snapshot: Snapshot;
  property(): Promise<PropertyDoc>;
  integration(property: PropertyDoc, settings?: IntegrationSettings, secret?: string | null, network?: string): Promise<IntegrationDoc>;
  /** A property with KMA installed; `collect` is its postback URL. */
  kma(settings?: IntegrationSettings, secret?: string | null): Promise<{ property: PropertyDoc; collect: string }>;
  postbacks(property: PropertyDoc): Promise<PostbackDoc[]>;
  refusals(property: PropertyDoc): Promise<RefusalDoc[]>;
  close(): Promise<void>;
}

export async function startApi(overrides: Partial<Config> = {}): Promise<TestApi> {
  const store = await openTestStore();
  const { db } = store;
  const dataDir = await mkdtemp(join(tmpdir(), 'tributary-api-'));
  const config = { ...readConfig({ TEMPORAL_ADDRESS: inject('temporalAddress'), CREDENTIALS_KEY }), dataDir, ...overrides };
  await withConnection((connection) => prepareNamespace(connection, 'default', readConfig({}).retentionMs));
  await ensureIndexes(db, config);
  const temporal = openTemporal(config);
  const log = pino({ level: 'silent' });
  const { spool, snapshot } = await openKeepers(config, keysOf(config), log);
  const deps = createDeps({ db, config, temporal, spool, snapshot, log });
  const serving = await serve(createApp(deps), '127.0.0.1', 0);
  const url = `http://127.0.0.1:${serving.port}`;
  const api: TestApi = {
    url,
    deps,
    snapshot,
    async property() {
      const property = { _id: newId(Date.now()), name: newKey(), tagKey: newKey(), postbackKey: newKey(), createdAt: new Date() };
      await insertProperty(db, property);
      return property;
    },
    async integration(property, settings = {}, secret = null, network = 'kma') {
      const _id = newId(Date.now());
      const sealed = secret === null ? null : seal(parseKeys(CREDENTIALS_KEY), secret, integrationContext(_id));
      const now = new Date();
      const integration = { _id, propertyId: property._id, network, settings, secret: sealed, rules: null, version: 1, createdAt: now, updatedAt: now };
      await insertIntegration(db, integration);
      return integration;
    },
    async kma(settings, secret) {
      const property = await api.property();
      await api.integration(property, settings, secret);
      return { property, collect: `${url}/${property.postbackKey}/collect/kma` };
    },
    postbacks: (property) => db.collection<PostbackDoc>('postbacks').find({ propertyId: property._id }).sort({ _id: 1 }).toArray(),
    refusals: (property) => db.collection<RefusalDoc>('refusals').find({ propertyId: property._id }).sort({ _id: 1 }).toArray(),
    async close() {
      await serving.stop(1_000);
      await deps.starter.drain(5_000);
      await spool.close();
      await rm(dataDir, { recursive: true, force: true });
      await temporal.close();
      await store.close();
    },
  };
  return api;
}

/** The conversion's run as Temporal describes it, once it is there. */
export const describeRun = (workflowId: string) =>
  withConnection(async (connection) => {
    const handle = new WorkflowClient({ connection }).getHandle(workflowId);
    return eventually(async () => {
      const { status, type, taskQueue, typedSearchAttributes } = await handle.describe();
      const { events } = await handle.fetchHistory();
      const signals = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
        signal ? [{ name: signal.signalName, argument: JSON.parse(Buffer.from(signal.input!.payloads![0]!.data!).toString()) as unknown }] : []);
      return { status: status.name, type, taskQueue, typedSearchAttributes, signals };
    });
  });

async function withConnection<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

/** Tries again until it does not throw, for at most 10 s. */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const endMs = Date.now() + 10_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** A request whose target goes out byte by byte, one character a byte, as no client library would send it. */
export function rawGet(url: string, target: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  const head = Object.entries({ host: 'test', connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    socket.on('error', reject).on('data', (chunk: string) => (answer += chunk)).on('close', () => {
      resolve({ status: Number(answer.slice(9, 12)), text: answer.slice(answer.indexOf('\r\n\r\n') + 4) });
    });
    socket.write(Buffer.from(`GET ${target} HTTP/1.1\r\n${head}\r\n`, 'latin1'));
  });
}
