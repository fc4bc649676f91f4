import { MongoClient, type CommandStartedEvent, type Db, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { auditOf } from '../../store/audit.ts';
import {
  allDestinations, destinationById, destinationByName, destinationsOf, endProbe, openProbe, pauseDestination, replaceDestination, resealDestination, resumeDestination,
} from '../../store/destinations.ts';
import type { DestinationDoc, IntegrationDoc, Sealed } from '../../store/documents.ts';
import { ensureIndexes } from '../../store/indexes.ts';
import { allIntegrations, integrationOf, integrationsOf, replaceIntegration, resealIntegration } from '../../store/integrations.ts';
import { allProperties, propertyById, propertyByName, propertyByPostbackKey, propertyByTagKey } from '../../store/properties.ts';

const DAY = 86_400_000;
const keep = { postbacksKeptMs: 730 * DAY, attemptsKeptMs: 180 * DAY, refusalsKeptMs: 30 * DAY, auditKeptMs: 730 * DAY, replayResultsKeptMs: 90 * DAY, alertsKeptMs: 90 * DAY };

let client: MongoClient;
let db: Db;
const commands: Document[] = [];
beforeAll(async () => {
  client = new MongoClient(inject('mongodbUri'), { monitorCommands: true });
  client.on('commandStarted', (event: CommandStartedEvent) => {
    if (event.commandName === 'find' || event.commandName === 'update') commands.push(event.command);
  });
  db = client.db(`test_indexes_${process.pid}_${Date.now()}`);
  await ensureIndexes(db, keep);
});
afterAll(async () => {
  await db.dropDatabase();
  await client.close();
});

/** Stages of the plan of what the function really asked, as the server would run it. */
async function planOf(query: (db: Db) => Promise<unknown>): Promise<{ stages: string[]; indexes: string[] }> {
  commands.length = 0;
  await query(db);
  const [command] = commands;
  if (!command) throw new Error('the function asked nothing');
  const { lsid: _session, $db: _db, $clusterTime: _time, txnNumber: _number, writeConcern: _write, readConcern: _read, ...bare } = command;
  const { queryPlanner } = await db.command({ explain: bare, verbosity: 'queryPlanner' });
  const stages: string[] = [];
  const indexes: string[] = [];
  for (let stage = queryPlanner.winningPlan; stage; stage = stage.inputStage) {
    stages.push(stage.stage);
    if (stage.indexName) indexes.push(stage.indexName);
  }
  return { stages, indexes };
}

const at = new Date(0);
const paused = { code: 'c', reason: 'r', at } as const;
const integration = { _id: 'i', settings: {}, secret: null, rules: null, updatedAt: at } as unknown as IntegrationDoc;
const destination = { _id: 'd', settings: {}, secrets: {}, mapping: {}, policy: {}, updatedAt: at } as unknown as DestinationDoc;
const sealed = {} as Sealed;

const questions: [name: string, index: string, query: (db: Db) => Promise<unknown>][] = [
  ['propertyById', '_id_', (on) => propertyById(on, 'p')],
  ['propertyByName', 'name', (on) => propertyByName(on, 'n')],
  ['propertyByTagKey', 'tagKey', (on) => propertyByTagKey(on, 't')],
  ['propertyByPostbackKey', 'postbackKey', (on) => propertyByPostbackKey(on, 'k')],
  ['allProperties', 'name', (on) => allProperties(on)],
  ['integrationOf', 'property_network', (on) => integrationOf(on, 'p', 'kma')],
  ['integrationsOf', 'property_network', (on) => integrationsOf(on, 'p')],
  ['allIntegrations', 'property_network', (on) => allIntegrations(on)],
  ['replaceIntegration', '_id_', (on) => replaceIntegration(on, integration, 1)],
  ['resealIntegration', '_id_', (on) => resealIntegration(on, 'i', 1, sealed)],
  ['destinationById', '_id_', (on) => destinationById(on, 'd')],
  ['destinationByName', 'property_name', (on) => destinationByName(on, 'p', 'n')],
  ['destinationsOf', 'property_name', (on) => destinationsOf(on, 'p')],
  ['allDestinations', 'property_name', (on) => allDestinations(on)],
  ['replaceDestination', '_id_', (on) => replaceDestination(on, destination, 1)],
  ['pauseDestination by a delivery', '_id_', (on) => pauseDestination(on, 'd', 1, { ...paused, by: 'delivery' })],
  ['pauseDestination by an operator', '_id_', (on) => pauseDestination(on, 'd', 1, { ...paused, by: 'operator' })],
  ['resumeDestination', '_id_', (on) => resumeDestination(on, 'd', 1, at, 'delivery')],
  ['auditOf', 'byConversion', (on) => auditOf(on, 'c', 10)],
  ['resealDestination', '_id_', (on) => resealDestination(on, 'd', 1, sealed, sealed)],
  ['openProbe', '_id_', (on) => openProbe(on, 'd', null, { conversionId: 'c', deliveryKey: 'k', open: true, until: at, nextAt: at })],
  ['endProbe', '_id_', (on) => endProbe(on, 'd', { conversionId: 'c', deliveryKey: 'k' })],
];

describe('every question about setup is answered by an index', () => {
  test.each(questions)('%s uses %s', async (_name, index, query) => {
    const { stages, indexes } = await planOf(query);
    expect(stages).not.toContain('COLLSCAN');
    expect(stages).not.toContain('SORT');
    expect(indexes).toEqual([index]);
  });
});

describe('ensureIndexes', () => {
  const expiryOf = async (collection: string): Promise<number[]> =>
    (await db.collection(collection).indexes()).flatMap((index) => index.expireAfterSeconds ?? []);

  test('can be run again, and a changed lifetime is changed in place', async () => {
    await ensureIndexes(db, keep);
    expect(await expiryOf('attempts')).toEqual([180 * 86_400]);
    await ensureIndexes(db, { ...keep, attemptsKeptMs: 90 * DAY });
    expect(await expiryOf('attempts')).toEqual([90 * 86_400]);
    expect(await expiryOf('postbacks')).toEqual([730 * 86_400]);
    expect(await expiryOf('refusals')).toEqual([30 * 86_400]);
  });

  test('can be run by two processes at once', async () => {
    const other = client.db(`${db.databaseName}_twice`);
    try {
      await Promise.all([ensureIndexes(other, keep), ensureIndexes(other, keep)]);
      expect((await other.collection('properties').indexes()).map((index) => index.name).sort()).toEqual(['_id_', 'name', 'postbackKey', 'tagKey']);
    } finally {
      await other.dropDatabase();
    }
  });
});
