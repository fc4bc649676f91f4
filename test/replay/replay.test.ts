import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { historyFromText, type History } from './history-json.ts';

/** Runs that are open while a new version is deployed are replayed by it: recorded histories must come out the same. */

const folder = fileURLToPath(new URL('histories/', import.meta.url));
const read = (name: string): History => historyFromText(readFileSync(`${folder}${name}.json`, 'utf8'));
const replay = (history: History) => Worker.runReplayHistory({ workflowBundle: { codePath: inject('workflowBundlePath') } }, history, 'conversion/p/kma/order:1');

const eventsOf = (history: History) => history.events ?? [];
const signals = (history: History) => eventsOf(history).flatMap((e) => e.workflowExecutionSignaledEventAttributes?.signalName ?? []);
const activities = (history: History) => eventsOf(history).flatMap((e) => e.activityTaskScheduledEventAttributes?.activityId ?? []);

/** What each recording must hold to be worth its name. */
const histories: [name: string, signals: string[], activities: (string | RegExp)[]][] = [
  ['pending-then-approved', ['postback', 'postback'], ['meta-Lead-1-try1', 'tiktok-Lead-1-try1', 'google-data-manager-Lead-1-try1', 'meta-Purchase-1-try1', 'tiktok-Purchase-1-try1', 'google-data-manager-Purchase-1-try1']],
  ['pending-then-rejected', ['postback', 'postback'], ['meta-Lead-1-try1', /^google-data-manager-Lead-1-retract-1-try\d$/]],
  ['late-click', ['postback', 'click'], ['meta-Purchase-1-try1', 'google-data-manager-Purchase-1-try1']],
  ['parked-then-resumed', ['postback', 'wake'], ['meta-Purchase-1-try1', 'meta-Purchase-1-try2']],
  ['retried-by-hand', ['postback'], [/^meta\/Purchase\/1\/.+-try1$/, /^meta\/Purchase\/1\/.+-try2$/]],
  ['late-status-after-close', ['postback'], [/^google-data-manager-Purchase-1-retract-1-try\d$/]],
];

beforeAll(() => {
  // A replay that fails, as it shall, is a warning of the core's.
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
});

test('every recording is replayed', () => {
  expect(readdirSync(folder).sort()).toEqual(histories.map(([name]) => `${name}.json`).sort());
});

describe.each(histories)('%s', (name, signalled, made) => {
  test('is what it is called, from its start to its end', () => {
    const history = read(name);
    expect(signals(history)).toEqual(signalled);
    for (const id of made) expect(activities(history)).toContainEqual(id instanceof RegExp ? expect.stringMatching(id) : id);
    expect(eventsOf(history).at(-1)!.workflowExecutionCompletedEventAttributes).toBeTruthy();
  });

  test('comes out the same with the workflow code of today', async () => {
    await expect(replay(read(name))).resolves.toBeUndefined();
  });

  test('is refused where it has another activity than the code asks for, or lacks a delivery or a timer', async () => {
    for (const change of [renameDelivery, dropDelivery, dropTimer]) {
      const history = read(name);
      change(history);
      await expect(replay(history), change.name).rejects.toThrow(DeterminismViolationError);
    }
  });
});

function renameDelivery(history: History): void {
  const scheduled = eventsOf(history).find((e) => e.activityTaskScheduledEventAttributes?.activityType?.name === 'deliver')!;
  scheduled.activityTaskScheduledEventAttributes!.activityType!.name = 'pollDelivery';
}

function dropDelivery(history: History): void {
  replace(history, eventsOf(history).findLastIndex((e) => e.activityTaskScheduledEventAttributes?.activityType?.name === 'deliver'));
}

function dropTimer(history: History): void {
  replace(history, eventsOf(history).findIndex((e) => e.timerStartedEventAttributes));
}

/** A search attribute write in its place: event numbers stay without a gap, so that what is missing is all that is wrong. */
function replace(history: History, index: number): void {
  const { eventId, eventTime } = eventsOf(history)[index]!;
  const workflowTaskCompletedEventId = eventsOf(history).slice(0, index).findLast((e) => e.workflowTaskCompletedEventAttributes)!.eventId!;
  const UPSERT_WORKFLOW_SEARCH_ATTRIBUTES = 40;
  eventsOf(history)[index] = {
    eventId: eventId!, eventTime: eventTime!, eventType: UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    upsertWorkflowSearchAttributesEventAttributes: { workflowTaskCompletedEventId, searchAttributes: { indexedFields: {} } },
  };
}
