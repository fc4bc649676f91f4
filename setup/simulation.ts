import { jsonOf, sentenceOf } from '../networks/described-line.ts';
import { z } from 'zod';
import { destinationByPlatform, destinations as platforms } from '../destinations/catalog.ts';
import type { Destination } from '../destinations/contract.ts';
import type { Conversion } from '../domain/conversion.ts';
import type { DestinationFacts } from '../domain/delivery.ts';
import { newConversion, takeIn, type FoldContext } from '../domain/fold.ts';
import { DEFAULT_RULES } from '../domain/rules.ts';
import type { Report } from '../domain/report.ts';
import { networkById, networks } from '../networks/catalog.ts';
import { rulesSchema } from './rules.ts';

/**
 * What would become of a conversion whose reports came in like this: the very functions that the engine folds and plans with,
 * without a store or a server. Every delivery is taken as accepted at once; settings, identifiers and ages are not looked at.
 */

export interface Simulation {
  status: string;
  amount: string | null;
  currency: string | null;
  history: { status: string; amount: string | null; occurredAt: string; effect: string }[];
  deliveries: { platform: string; event: string; generation: number; value: string | null; kind: string }[];
  flags: string[];
}

export interface SimulationError {
  error: { code: string; message: string };
}

const onRejection = z.union([z.literal('ignore'), z.object({ event: z.string().min(1) })]);
const instant = z.iso.datetime({ offset: true });

const described = z.object({
  integration: z.object({
    network: z.string(),
    settings: z.record(z.string(), z.unknown()).nullish(),
    rules: rulesSchema.nullish(),
  }),
  destinations: z.array(z.object({ platform: z.string(), policy: z.union([onRejection, z.object({ onRejection })]).nullish() })),
  clickKnown: z.boolean().default(true),
  reports: z.array(z.object({ query: z.string(), receivedAt: instant })),
});
type Described = z.output<typeof described>;

/** Simulates one described conversion; never throws for what the line holds. */
export function simulate(line: string): Simulation | SimulationError {
  const parsed = described.safeParse(jsonOf(line));
  if (!parsed.success) return failure('line_invalid', sentenceOf(parsed.error, 'a conversion'));
  const network = networkById(parsed.data.integration.network);
  if (!network) return failure('network_unknown', `There is no network "${parsed.data.integration.network}"; the catalog has ${[...networks.keys()].join(', ')}.`);
  const unknown = parsed.data.destinations.find(({ platform }) => !destinationByPlatform(platform));
  if (unknown) return failure('platform_unknown', `There is no platform "${unknown.platform}"; there are ${[...platforms.keys()].join(', ')}.`);
  return play(parsed.data, (query, receivedAtMs, settings) => network.parse({ query, contentType: null, body: null, receivedAtMs }, settings));
}

type Parse = (query: string, receivedAtMs: number, settings: Record<string, unknown>) => Report | SimulationError;

function play({ integration, destinations, clickKnown, reports }: Described, parse: Parse): Simulation | SimulationError {
  const settings = integration.settings ?? {};
  const history: Simulation['history'] = [];
  let conversion: Conversion | null = null;
  for (const [index, { query, receivedAt }] of reports.entries()) {
    const receivedAtMs = Date.parse(receivedAt);
    const report = parse(query, receivedAtMs, settings);
    if ('error' in report) return report;
    if (report.empty) {
      // Kept by the engine, but it belongs to no conversion.
      history.push({ status: report.status, amount: report.amount, occurredAt: new Date(report.occurredAt).toISOString(), effect: 'unknown' });
      continue;
    }
    conversion ??= newConversion('simulated', 'simulated', integration.network, report);
    const entry = takeIn(conversion, String(index).padStart(9, '0'), receivedAtMs, report, contextOf(integration, destinations, clickKnown, conversion, receivedAtMs));
    acceptAll(conversion, receivedAtMs);
    history.push({ status: entry.status, amount: entry.amount, occurredAt: new Date(entry.occurredAtMs).toISOString(), effect: entry.effect });
  }
  return { ...outcomeOf(conversion), history, ...deliveriesOf(conversion) };
}

function contextOf(integration: Described['integration'], destinations: Described['destinations'], clickKnown: boolean, conversion: Conversion, nowMs: number): FoldContext {
  const { defaultCurrency } = integration.settings ?? {};
  return {
    defaultCurrency: typeof defaultCurrency === 'string' ? defaultCurrency : null,
    rules: integration.rules ?? DEFAULT_RULES,
    destinations: destinations.map(({ platform, policy }, index) => factsOf(destinationByPlatform(platform)!, String(index), policyOf(policy), clickKnown, conversion)),
    nowMs,
  };
}

const policyOf = (policy: Described['destinations'][number]['policy']): DestinationFacts['onRejection'] =>
  policy === 'ignore' || !policy ? 'ignore' : 'onRejection' in policy ? policy.onRejection : policy;

function factsOf(platform: Destination, id: string, policy: DestinationFacts['onRejection'], clickKnown: boolean, conversion: Conversion): DestinationFacts {
  const reversal = platform.reversal?.appliesTo?.({}) === false ? undefined : platform.reversal;
  return {
    id,
    name: platform.title,
    platform: platform.platform,
    deadlineMs: platform.deadlineMs,
    reversal: reversal ? { kinds: reversal.kinds, restoresByRestating: reversal.restoresByRestating, deadlineMs: reversal.deadlineMs } : null,
    onRejection: policy,
    outbound: (event) => (clickKnown || takesWithoutClick(platform, conversion) ? { name: event } : { refused: 'Its click is not known.' }),
    value: (_event, money) => money,
    acceptsTransactionId: (transactionId) => platform.acceptsTransactionId?.(transactionId) ?? true,
  };
}

/** Where no click is needed, or the report brought an e-mail address or a phone number that the platform takes. */
const takesWithoutClick = ({ needsClick, person }: Destination, { user }: Conversion): boolean =>
  !needsClick || (['email', 'phone'] as const).some((field) => Boolean(user[field]) && person[field] !== undefined);

function acceptAll(conversion: Conversion, nowMs: number): void {
  for (const delivery of conversion.deliveries) {
    if (delivery.state === 'planned') Object.assign(delivery, { state: 'delivered', endedAtMs: nowMs, attempts: 1, sent: {} });
  }
}

const outcomeOf = (conversion: Conversion | null): Pick<Simulation, 'status' | 'amount' | 'currency'> =>
  ({ status: conversion?.status ?? 'unknown', amount: conversion?.amount ?? null, currency: conversion?.currency ?? null });

function deliveriesOf(conversion: Conversion | null): Pick<Simulation, 'deliveries' | 'flags'> {
  const went = conversion?.deliveries.filter(({ state }) => state === 'delivered') ?? [];
  return {
    deliveries: went.map(({ platform, event, generation, value, kind }) => ({ platform, event, generation, value, kind })),
    flags: [...new Set([...(conversion?.flags ?? []), ...went.flatMap(({ flags }) => flags)])].sort(),
  };
}

const failure = (code: string, message: string): SimulationError => ({ error: { code, message } });
