import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { retryDeliveriesUpdate } from '../../contracts/conversion.ts';
import type { Conversion } from '../../domain/conversion.ts';
import { resumeDestination } from '../../setup/destinations.ts';
import { buildWorkflowBundle } from '../../worker/bundle.ts';
import { startEngine, type Engine } from '../engine.ts';
import { historyToText } from './history-json.ts';

/**
 * Records the histories that replay.test.ts replays, by hand: `node --import tsx test/replay/record.ts [name...]`, with MONGODB_URI and
 * TEMPORAL_ADDRESS of running servers. A history stays as it is while runs of its workflow code may be open anywhere: what
 * cannot be replayed any more needs `patched` in the workflow, not a new recording.
 */

const folder = fileURLToPath(new URL('histories/', import.meta.url));
const { MONGODB_URI = 'mongodb://127.0.0.1:27017/?directConnection=true', TEMPORAL_ADDRESS = '127.0.0.1:7233' } = process.env;

const ENDED = ['delivered', 'skipped', 'failed', 'expired', 'cancelled'];
const settled = (count: number) => (c: Conversion) => c.deliveries.length === count && c.deliveries.every((d) => ENDED.includes(d.state));
const seconds = (later: number) => Math.floor(Date.now() / 1000) + later;

interface Story {
  order: string;
  click: string;
}
/** Each tells one conversion, until its run has closed. Returns the conversion's id. */
const stories: Record<string, (engine: Engine, story: Story) => Promise<string>> = {
  'pending-then-approved': async (engine, { order, click }) => {
    await engine.click(click);
    const id = await engine.postback(`status=P&orderid=${order}&data3=${click}&sum=1200&currency=RUB`);
    await engine.until(id, settled(3));
    return engine.postback(`status=A&orderid=${order}&data3=${click}&sum=1200&currency=RUB`);
  },
  'pending-then-rejected': async (engine, { order, click }) => {
    await engine.click(click);
    const id = await engine.postback(`status=P&orderid=${order}&data3=${click}`);
    await engine.until(id, settled(3));
    return engine.postback(`status=D&orderid=${order}&data3=${click}&date_unix=${seconds(60)}`);
  },
  'late-click': async (engine, { order, click }) => {
    const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
    await engine.until(id, (c) => c.attribution === 'waiting');
    await engine.click(click);
    return id;
  },
  'parked-then-resumed': async (engine, { order, click }) => {
    await engine.click(click);
    await engine.sandbox.fault({ platform: 'meta', match: { event: 'Purchase' }, answer: { code: '190' } });
    const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
    await engine.until(id, (c) => c.deliveries.some((d) => d.state === 'parked') && c.deliveries.filter((d) => d.state === 'delivered').length === 2);
    await resumeDestination(engine.setup, engine.property._id, 'Main meta');
    await engine.activities.conversions.relayOnce();
    return id;
  },
  'retried-by-hand': async (engine, { order, click }) => {
    await engine.click(click);
    await engine.sandbox.fault({ platform: 'meta', match: { event: 'Purchase' }, answer: { code: '100' } });
    const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
    await engine.until(id, (c) => c.deliveries.some((d) => d.state === 'failed') && c.deliveries.filter((d) => d.state === 'delivered').length === 2);
    await engine.handle(id).executeUpdate(retryDeliveriesUpdate, { args: [{ who: 'anna', why: 'The pixel is mended.' }] });
    return id;
  },
  'late-status-after-close': async (engine, { order, click }) => {
    await engine.click(click);
    const id = await engine.postback(`status=A&orderid=${order}&data3=${click}&sum=5&currency=USD`);
    await engine.until(id, settled(3));
    await engine.handle(id).result();
    return engine.postback(`status=D&orderid=${order}&data3=${click}&sum=5&currency=USD&date_unix=${seconds(60)}`);
  },
};

/** Those named on the command line, else all. */
const wanted = process.argv.slice(2);

const dir = await mkdtemp(join(tmpdir(), 'tributary-record-'));
const workflowBundlePath = join(dir, 'workflow-bundle.js');
await writeFile(workflowBundlePath, (await buildWorkflowBundle()).code);
const engine = await startEngine({ servers: { mongodbUri: MONGODB_URI, temporalAddress: TEMPORAL_ADDRESS, workflowBundlePath } });
let serial = 0;
for (const [name, tell] of Object.entries(stories)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const n = String(++serial).padStart(3, '0');
  const id = await tell(engine, { order: `3${n}`, click: `mz7yYainzaN6hkc52QV${n}` });
  await engine.handle(id).result();
  const json = historyToText(await engine.handle(id).fetchHistory());
  await writeFile(join(folder, `${name}.json`), json);
  console.log(`${name}: ${Math.round(json.length / 1024)} KiB`);
}
await engine.close();
await rm(dir, { recursive: true });
