import { ApplicationFailure } from '@temporalio/common';
import type { OpenInput, OpenPlan } from '../contracts/activities.ts';
import { destinationByPlatform } from '../destinations/catalog.ts';
import { newConversion, takeIn, type FoldContext } from '../domain/fold.ts';
import { attribute } from '../domain/attribution.ts';
import { DEFAULT_RULES } from '../domain/rules.ts';
import { networkById } from '../networks/catalog.ts';
import { clicksByIds } from '../store/clicks.ts';
import { conversionById, saveConversion } from '../store/conversions.ts';
import { destinationsOf } from '../store/destinations.ts';
import { integrationOf } from '../store/integrations.ts';
import { postbacksByIds, settlePostbacks } from '../store/postbacks.ts';
import type { Conversion } from '../domain/conversion.ts';
import type { Report, ReportError } from '../domain/report.ts';
import type { ClickDoc, DestinationDoc, IntegrationDoc, PostbackDoc, PostbackOutcome } from '../store/documents.ts';
import { expiredIn, raiseExpired } from './alerts.ts';
import type { Deps } from './deps.ts';
import { destinationFacts } from './destination-facts.ts';
import { judgeDeliveries } from './judge.ts';
import { planOf, timesOf } from './plan.ts';

/** Concurrent writers are this conversion's own deliveries, so a few rounds always suffice; beyond them Temporal retries. */
const ROUNDS_MAX = 20;

export interface Loaded {
  postbacks: PostbackDoc[];
  integration: IntegrationDoc;
  destinations: DestinationDoc[];
}

/**
 * Takes the signalled reports into the conversion, finds its click, plans the deliveries: one guarded write, then the
 * postbacks' outcomes. Repeatable: what a former call did changes nothing.
 */
export const createOpenConversion = (deps: Deps) => async (input: OpenInput): Promise<OpenPlan> => {
  const loaded = await load(deps, input);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = await conversionById(deps.db, input.conversionId);
    const conversion = before?.conversion ?? firstOf(input, loaded);
    if (!conversion) return nothingKnown(deps, loaded);

    const expired = expiredIn(conversion);
    const outcomes = takeInAll(deps, conversion, loaded);
    const clicks = await findClicks(deps, conversion);
    attributeAndJudge(deps, conversion, clicks, loaded);
    await raiseExpired(deps, conversion, expired);
    const now = deps.now();
    if (!(await saveConversion(deps.db, conversion, before?.revision ?? null, timesOf(conversion, loaded.destinations, now), new Date(now)))) continue;

    // The wait is recorded first, then the click is looked for again: a click is written first, then its waiters are sought.
    if (conversion.attribution === 'waiting' && (await findClicks(deps, conversion)).length > 0) continue;
    await settlePostbacks(deps.db, outcomes);
    return planOf(conversion, loaded.destinations);
  }
  throw ApplicationFailure.retryable(`The conversion was changed ${ROUNDS_MAX} times while it was read.`, 'conversion_busy');
};

export async function load(deps: Deps, input: Pick<OpenInput, 'propertyId' | 'network' | 'postbackIds'>): Promise<Loaded> {
  const [postbacks, integration, destinations] = await Promise.all([
    input.postbackIds.length > 0 ? postbacksByIds(deps.db, input.postbackIds) : [],
    integrationOf(deps.db, input.propertyId, input.network),
    destinationsOf(deps.db, input.propertyId),
  ]);
  // The order of arrival; ids begin with the time, so they decide between reports of one millisecond.
  postbacks.sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime() || (a._id < b._id ? -1 : 1));
  const { propertyId, network } = input;
  return { postbacks, destinations, integration: integration ?? uninstalled(propertyId, network) };
}

/** The integration was removed after the report came in: the network's defaults read it. */
const uninstalled = (propertyId: string, network: string): IntegrationDoc =>
  ({ _id: '', propertyId, network, settings: {}, secret: null, rules: null, version: 0, createdAt: new Date(0), updatedAt: new Date(0) });

/** One postback that cannot be read any more must not keep the others waiting: it is kept raw, and its outcome says why. */
export function read(postback: PostbackDoc, integration: IntegrationDoc): Report | ReportError {
  try {
    return parse(postback, integration);
  } catch (error) {
    return { error: { code: 'parse_failed', message: `It could not be read: ${error instanceof Error ? error.message : String(error)}` } };
  }
}

function parse(postback: PostbackDoc, integration: IntegrationDoc): Report | ReportError {
  const network = networkById(postback.network);
  if (!network) return { error: { code: 'network_unknown', message: `The network ${postback.network} is not in the catalog any more.` } };
  return network.parse(
    {
      query: postback.query,
      contentType: postback.contentType,
      body: postback.body ? postback.body.value() : null,
      receivedAtMs: postback.receivedAt.getTime(),
    },
    integration.settings,
  );
}

function firstOf(input: OpenInput, { postbacks, integration }: Loaded): Conversion | null {
  for (const postback of postbacks) {
    const report = read(postback, integration);
    if (!('error' in report)) return newConversion(input.conversionId, input.propertyId, input.network, report);
  }
  return null;
}

async function nothingKnown(deps: Deps, { postbacks, integration }: Loaded): Promise<OpenPlan> {
  await settlePostbacks(deps.db, postbacks.map((postback) => ({ id: postback._id, outcome: errorOutcome(read(postback, integration), deps.now()) })));
  return { status: 'unknown', headline: 'Nothing is known under this id.', deliveries: [], destinations: {}, final: true, unknown: true, waitUntilMs: null, holdUntilMs: null };
}

/** The rules and destinations of today. */
export function foldContext({ integration, destinations }: Loaded, nowMs: number): FoldContext {
  return {
    defaultCurrency: integration.settings.defaultCurrency ?? null,
    rules: integration.rules ?? DEFAULT_RULES,
    destinations: destinations.flatMap((doc) => {
      const platform = destinationByPlatform(doc.platform);
      return platform ? [destinationFacts(doc, platform)] : [];
    }),
    nowMs,
  };
}

function takeInAll(deps: Deps, conversion: Conversion, loaded: Loaded): { id: string; outcome: PostbackOutcome }[] {
  const { postbacks, integration } = loaded;
  const ctx = foldContext(loaded, deps.now());
  return postbacks.map((postback) => {
    const report = read(postback, integration);
    if ('error' in report) return { id: postback._id, outcome: errorOutcome(report, deps.now()) };
    const was = conversion.status;
    const { effect } = takeIn(conversion, postback._id, postback.receivedAt.getTime(), report, ctx);
    const reason = REASONS[effect](was, conversion.status, report.statusRaw);
    return { id: postback._id, outcome: { effect, reason, conversionId: conversion.id, at: new Date(deps.now()) } };
  });
}

/** Why a report had its effect: the status before, after, and the word that it said. */
export const REASONS = {
  applied: (was: string, is: string) => (was === is ? `The conversion stays ${is}, with new facts.` : was === 'unknown' ? `The conversion is ${is}.` : `The conversion went from ${was} to ${is}.`),
  duplicate: (_: string, is: string) => `It says what was known: the conversion is ${is}.`,
  stale: (_: string, is: string) => `It is older than the newest report: the conversion stays ${is}.`,
  unknown: (_: string, is: string, raw: string | null) => (raw === null ? `It names no status; the conversion is ${is}.` : `Its status "${raw}" is not understood; the conversion is ${is}. Map the word and reprocess it.`),
};

function errorOutcome(report: Report | ReportError, nowMs: number): PostbackOutcome {
  const reason = 'error' in report ? report.error.message : 'It could not be taken in.';
  return { effect: 'error', reason, conversionId: null, at: new Date(nowMs) };
}

export function findClicks(deps: Deps, conversion: Conversion): Promise<ClickDoc[]> {
  const ids = conversion.clickId !== null ? [conversion.clickId] : conversion.clickIdCandidates.map((candidate) => candidate.value);
  return ids.length > 0 ? clicksByIds(deps.db, conversion.propertyId, ids) : Promise.resolve([]);
}

export function attributeAndJudge(deps: Deps, conversion: Conversion, clicks: ClickDoc[], { integration, destinations }: Loaded): void {
  const nowMs = deps.now();
  const { config } = deps;
  attribute(conversion, new Set(clicks.map((click) => click.clickId)), {
    nowMs,
    lateClickWaitMs: integration.settings.lateClickWaitMs ?? config.lateClickWaitMs,
    holdMs: integration.settings.holdMs ?? config.holdMs,
  });
  const click = clicks.find((each) => each.clickId === conversion.clickId) ?? null;
  judgeDeliveries(conversion, click, destinations, deps.keys, nowMs);
}
