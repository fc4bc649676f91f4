import type { WorkflowClient } from '@temporalio/client';
import type { Conversion } from '../../domain/conversion.ts';
import { conversionsOf } from '../../store/conversions.ts';
import type { Store } from '../../store/db.ts';
import type { SandboxClient } from '../sandbox/client.ts';
import type { SandboxDestination } from '../sandbox/destinations.ts';
import type { Stack } from '../stack.ts';
import { costsOf, mongodbOperations } from './costs.ts';
import { outside } from './network.ts';
import { countedTwice, lostOf, untilAsTold, untilReached } from './observe.ts';
import { openShop } from './shop.ts';
import { story } from './story.ts';
import { platformTable, storyTable, type Played } from './table.ts';

export interface Result {
  postbacks: number;
  conversions: number;
  delivered: number;
  duplicates: number;
  retried: number;
  lost: number;
  ok: boolean;
}

export interface PlayDeps {
  stack: Pick<Stack, 'apiUrl' | 'temporalUiUrl' | 'credentialsKey' | 'logDir'>;
  store: Store;
  temporal: WorkflowClient;
  sandbox: SandboxClient;
  /** The destinations of the shop. */
  destinations: readonly SandboxDestination[];
  say(line: string): void;
  /** Whether the stack stays up, so that its addresses are worth printing. */
  links?: boolean;
  /** Called when the first chapter is told and the others are about to be, for tests that kill something in the middle. */
  inTheMiddle?(): Promise<void>;
}

/** Plays the story over HTTP, waits until it came out as told, and says what it saw. */
export async function playAll({ stack, store, temporal, sandbox, destinations, say, links = true, inTheMiddle }: PlayDeps): Promise<Result> {
  const property = await openShop(store, stack.credentialsKey, destinations);
  const world = outside(stack.apiUrl, property);
  const [first, ...others] = story({
    platforms: destinations.map(({ platform }) => platform),
    outside: world,
    fault: (fault) => sandbox.fault(fault),
    reached: (key, what) => untilReached(store, property._id, key, what),
  });
  say(`\nPlaying ${others.length + 1} conversions ...`);

  // The first one alone, so that what MongoDB counts is its own.
  const before = await mongodbOperations(store);
  await first!.play();
  await untilReached(store, property._id, first!.key, { delivered: 2 * destinations.length });
  const operations = (await mongodbOperations(store)) - before;
  await Promise.all([...others.map((chapter) => chapter.play()), inTheMiddle?.()]);
  const played: Played[] = await Promise.all([first!, ...others].map(async (chapter) => ({ chapter, ...(await untilAsTold(store, property._id, chapter)) })));

  const conversions = await conversionsOf(store.db, property._id, 1000);
  const lost = await lostOf(store, sandbox, world.answered, conversions);
  const twice = await countedTwice(sandbox);
  say(storyTable(played));
  say(platformTable(await sandbox.totals()));
  for (const { chapter, wrong } of played) for (const each of wrong) say(`${chapter.letter}: ${each}`);
  for (const each of [...lost, ...twice.map((event) => `counted twice: ${event}`)]) say(each);
  await sayCosts(temporal, `${property._id}/kma/${first!.key}`, destinations.length, operations, say);
  if (links) say(`\nTemporal UI  ${stack.temporalUiUrl ?? 'off'}\nAPI          ${stack.apiUrl}\nLogs         ${stack.logDir}\n`);

  const ok = played.every(({ wrong }) => wrong.length === 0) && conversions.length === played.length && lost.length === 0 && twice.length === 0;
  say(ok ? 'Everything came out as told.' : 'Not everything came out as told.');
  return { postbacks: world.answered, ...countsOf(conversions), lost: lost.length, ok };
}

function countsOf(conversions: Conversion[]) {
  const deliveries = conversions.flatMap((conversion) => conversion.deliveries);
  return {
    conversions: conversions.length,
    delivered: deliveries.filter((d) => d.state === 'delivered').length,
    duplicates: conversions.flatMap((conversion) => conversion.history).filter((entry) => entry.effect === 'duplicate').length,
    retried: deliveries.filter((d) => d.attempts > 1).length,
  };
}

async function sayCosts(temporal: WorkflowClient, conversionId: string, destinations: number, operations: number, say: (line: string) => void): Promise<void> {
  const costs = await costsOf(temporal, conversionId);
  say(`\nConversion (a), pending then approved at ${destinations} destinations: ${costs.events} history events, ${costs.pollEvents} of them for asking Google `
    + `for ${costs.polls} results; ${costs.activities} activity executions and ${costs.polls} of those questions; ${costs.actions} Temporal actions; `
    + `${operations} MongoDB operations, the demo's own looking included.`);
}
