import { destinationByName } from '../store/destinations.ts';
import type { PropertyDoc } from '../store/documents.ts';
import { integrationOf } from '../store/integrations.ts';
import { propertyByName } from '../store/properties.ts';
import { parseSetupFile, type FilePath, type SecretReference, type SetupFile } from './apply-file.ts';
import type { SendRequest, SetupDeps } from './deps.ts';
import type { CheckResult } from './destination-check.ts';
import { nextDestination, openSecrets, saveDestination } from './destinations.ts';
import { differenceLines, secretLines } from './difference.ts';
import { SetupError } from './errors.ts';
import { nextIntegration, saveIntegration } from './integrations.ts';
import { newProperty, storeProperty } from './properties.ts';

/**
 * Brings the store to what a file states, and leaves alone what the file does not mention. Everything is read and
 * validated before the first write, so that a file with an error changes nothing; a second run changes nothing either.
 */

export interface ApplyDeps extends SetupDeps {
  send: SendRequest;
  /** Reads the secret that the file refers to; the file itself holds none. */
  readSecret(reference: SecretReference): Promise<string>;
}

export interface Step {
  action: 'create' | 'change' | 'keep';
  /** `destination "Main pixel" of "My site"`. */
  what: string;
  /** What changes, for a person; no secret values. */
  lines: string[];
  /** Makes it so; returns the check that a resumed destination had to pass. */
  run(): Promise<CheckResult | null>;
}

/** What is to be done, in order; nothing is written before a step's `run`. */
export async function planApply(deps: ApplyDeps, text: string): Promise<Step[]> {
  const { content, lineOf } = parseSetupFile(text);
  const steps: Step[] = [];
  const at = async (path: FilePath, step: () => Promise<Step>): Promise<void> => {
    steps.push(await step().catch((error: unknown) => { throw located(error, lineOf(path)); }));
  };
  for (const [index, stated] of content.properties.entries()) {
    const path: FilePath = ['properties', index];
    const current = await propertyByName(deps.db, stated.name);
    let property = current as PropertyDoc;
    await at(path, async () => {
      property ??= newProperty(deps, stated);
      return propertyStep(deps, current, property);
    });
    for (const [number, integration] of (stated.integrations ?? []).entries()) {
      await at([...path, 'integrations', number], () => integrationStep(deps, property, integration));
    }
    for (const [number, destination] of (stated.destinations ?? []).entries()) {
      await at([...path, 'destinations', number], () => destinationStep(deps, property, destination));
    }
  }
  return steps;
}

type StatedProperty = SetupFile['properties'][number];
type StatedIntegration = NonNullable<StatedProperty['integrations']>[number];
type StatedDestination = NonNullable<StatedProperty['destinations']>[number];

function propertyStep(deps: ApplyDeps, current: PropertyDoc | null, next: PropertyDoc): Step {
  return {
    action: current ? 'keep' : 'create',
    what: `property "${next.name}"`,
    lines: [],
    run: async () => {
      if (!current) await storeProperty(deps, next);
      return null;
    },
  };
}

async function integrationStep(deps: ApplyDeps, property: PropertyDoc, stated: StatedIntegration): Promise<Step> {
  const { network, settings, rules } = stated;
  const secret = stated.secret ? await deps.readSecret(stated.secret) : stated.secret;
  const current = await integrationOf(deps.db, property._id, network);
  const next = nextIntegration(deps, property, network, current, { ...(settings && { settings }), ...(rules !== undefined && { rules }), ...(secret !== undefined && { secret }) });
  const lines = [
    ...differenceLines({ ...current?.settings }, { ...next.settings }),
    ...secretLines(current?.secret ? { secret: current.secret } : {}, next.secret ? { secret: next.secret } : {}),
    ...differenceLines({ rules: current?.rules }, { rules: next.rules }),
  ];
  return {
    ...outcome(current, next, lines),
    what: `integration ${network} of "${property.name}"`,
    run: async () => {
      await saveIntegration(deps, current, next);
      return null;
    },
  };
}

async function destinationStep(deps: ApplyDeps, property: PropertyDoc, stated: StatedDestination): Promise<Step> {
  const current = await destinationByName(deps.db, property._id, stated.name);
  if (current && current.platform !== stated.platform) {
    throw new SetupError('platform_fixed', `Destination "${stated.name}" is on ${current.platform}: a destination does not change its platform, add another one.`);
  }
  const secrets: Record<string, string | null> = {};
  for (const [name, reference] of Object.entries(stated.secrets ?? {})) secrets[name] = reference && (await deps.readSecret(reference));
  const { settings = {}, mapping = {}, policy = {} } = stated;
  const next = nextDestination(deps, property, stated, current, { settings, secrets, mapping, policy });
  const lines = [
    ...differenceLines(current?.settings ?? {}, next.settings),
    ...secretLines(current ? openSecrets(deps, current) : {}, openSecrets(deps, next)),
    ...differenceLines(current?.mapping ?? {}, next.mapping, 'mapping of '),
    ...differenceLines({ ...current?.policy }, { ...next.policy }, 'policy '),
  ];
  return {
    ...outcome(current, next, lines),
    what: `destination "${stated.name}" (${next.platform}) of "${property.name}"`,
    run: async () => (await saveDestination(deps, current, next, deps.send)).check,
  };
}

/** The documents themselves tell whether anything changes: unchanged ones come back as they were. */
const outcome = <T>(current: T | null, next: T, lines: string[]): Pick<Step, 'action' | 'lines'> =>
  current === next ? { action: 'keep', lines: [] } : { action: current ? 'change' : 'create', lines };

function located(error: unknown, line: string): unknown {
  return error instanceof SetupError ? new SetupError(error.code, `At ${line}: ${error.message}`, error.details) : error;
}
