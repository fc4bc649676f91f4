import { isDeepStrictEqual } from 'node:util';
import { destinationByPlatform, destinations as platforms } from '../destinations/catalog.ts';
import type { Destination } from '../destinations/contract.ts';
import { destinationByName, destinationsOf, insertDestination, pauseDestination as pause, replaceDestination, resumeDestination as resume } from '../store/destinations.ts';
import type { DestinationDoc, DestinationPolicy, OutboundMapping, PropertyDoc } from '../store/documents.ts';
import { newId } from '../store/ids.ts';
import { destinationContext, open, seal } from '../store/secrets.ts';
import type { SendRequest, SetupDeps } from './deps.ts';
import { checkDestination, type CheckResult } from './destination-check.ts';
import { isDuplicateOf, list, SetupError } from './errors.ts';
import { mergeSettings, parseSettings, settingFields, type SettingField, type Settings } from './fields.ts';
import { DEFAULT_POLICY, mappingSchema, policySchema } from './outbound.ts';
import { findProperty, validName } from './properties.ts';

/** What of a destination is to be as stated; what is absent stays, null takes a setting or an event's mapping away. */
export interface DestinationInput {
  settings?: Settings;
  secrets?: Settings;
  mapping?: Record<string, OutboundMapping | null>;
  policy?: Partial<DestinationPolicy>;
}

export interface SaveResult {
  destination: DestinationDoc;
  changed: boolean;
  /** It was paused by a delivery, and the new settings made it active again. */
  resumed: boolean;
  /** The check that came before resuming. */
  check: CheckResult | null;
}

export async function addDestination(deps: SetupDeps, property: string, target: { name: string; platform: string }, input: DestinationInput): Promise<DestinationDoc> {
  const next = nextDestination(deps, await findProperty(deps, property), target, null, input);
  await insert(deps, next);
  return next;
}

/** Changes what is stated. Where a delivery had paused it, new settings are checked and, if they pass, resume it. */
export async function setDestination(deps: SetupDeps, property: string, name: string, input: DestinationInput, send: SendRequest): Promise<SaveResult> {
  const found = await findProperty(deps, property);
  const current = await existing(deps, found, name);
  return saveDestination(deps, current, nextDestination(deps, found, current, current, input), send);
}

/** By an operator: it stays paused until somebody resumes it. */
export async function pauseDestination(deps: Pick<SetupDeps, 'db' | 'now'>, property: string, name: string, reason: string): Promise<DestinationDoc> {
  const current = await findDestination(deps, property, name);
  const paused = await pause(deps.db, current._id, current.version, { code: 'paused_by_operator', reason, by: 'operator', at: new Date(deps.now()) });
  if (!paused) throw new SetupError('destination_paused', `"${current.name}" is paused already, or was changed at the same time.`);
  return findDestination(deps, property, name);
}

/** What is parked there goes on when the relay's next pass, within its interval, finds the destination active; or at once, where the caller starts the drain (contracts/start.ts). */
export async function resumeDestination(deps: Pick<SetupDeps, 'db' | 'now'>, property: string, name: string): Promise<DestinationDoc> {
  const current = await findDestination(deps, property, name);
  if (!(await resume(deps.db, current._id, current.version, new Date(deps.now())))) throw new SetupError('destination_active', `"${current.name}" is active already, or was changed at the same time.`);
  return findDestination(deps, property, name);
}

export const listDestinations = async (deps: Pick<SetupDeps, 'db'>, property: string): Promise<DestinationDoc[]> =>
  destinationsOf(deps.db, (await findProperty(deps, property))._id);

export const findDestination = async (deps: Pick<SetupDeps, 'db'>, property: string, name: string): Promise<DestinationDoc> =>
  existing(deps, await findProperty(deps, property), name);

export function cataloguedPlatform(platform: string): Destination {
  const destination = destinationByPlatform(platform);
  if (!destination) throw new SetupError('platform_unknown', `There is no platform "${platform}"; the catalog has ${list([...platforms.keys()])}.`, { platform });
  return destination;
}

/** The destination as it would be after the input, validated; nothing is stored. Equal to `current` where nothing changes. */
export function nextDestination(deps: Omit<SetupDeps, 'db'>, property: PropertyDoc, target: { name: string; platform: string }, current: DestinationDoc | null, input: DestinationInput): DestinationDoc {
  const platform = cataloguedPlatform(target.platform);
  const fields = settingFields(platform.settings);
  refuseMisplaced(fields, input);
  const at = new Date(deps.now());
  const _id = current?._id ?? newId(at.getTime());
  const oldSecrets = current ? openSecrets(deps, current) : {};
  const merged = mergeSettings(fields, { ...current?.settings, ...oldSecrets }, { ...input.settings, ...input.secrets }, platform.title);
  const { plain: settings, secrets } = split(fields, parseSettings(platform.settings, merged, platform.title));

  const mapping = nextMapping(current?.mapping ?? {}, input.mapping ?? {});
  const policy = parseSettings(policySchema, { ...(current?.policy ?? DEFAULT_POLICY), ...input.policy }, 'The policy');
  if (current && isDeepStrictEqual([settings, secrets, mapping, policy], [current.settings, oldSecrets, current.mapping, current.policy])) return current;

  const sealed = current && isDeepStrictEqual(secrets, oldSecrets) ? current.secrets : seal(deps.keys, JSON.stringify(secrets), destinationContext(_id));
  const base = current ?? { _id, propertyId: property._id, name: validName(target.name), platform: platform.platform, state: 'active' as const, paused: null, version: 1, createdAt: at };
  return { ...base, settings, secrets: sealed, mapping, policy, updatedAt: at };
}

/** Stores what `nextDestination` made over `current`, and resumes a destination that a delivery had paused if the check allows. */
export async function saveDestination(deps: SetupDeps, current: DestinationDoc | null, next: DestinationDoc, send: SendRequest): Promise<SaveResult> {
  if (current === next) return { destination: next, changed: false, resumed: false, check: null };
  if (!current) {
    await insert(deps, next);
    return { destination: next, changed: true, resumed: false, check: null };
  }
  if (!(await replaceDestination(deps.db, next, current.version))) throw new SetupError('changed_meanwhile', `"${next.name}" was changed by somebody else at the same time: try again.`);
  const stored = { ...next, version: current.version + 1 };
  if (current.paused?.by !== 'delivery') return { destination: stored, changed: true, resumed: false, check: null };
  const check = await checkDestination(deps, stored, send);
  const resumed = (check.state === 'passed' || check.state === 'unavailable') && (await resume(deps.db, stored._id, stored.version, new Date(deps.now()), 'delivery'));
  return { destination: resumed ? { ...stored, state: 'active', paused: null } : stored, changed: true, resumed, check };
}

/** The secret settings of a destination in clear. */
export const openSecrets = (deps: Pick<SetupDeps, 'keys'>, destination: DestinationDoc): Settings =>
  JSON.parse(open(deps.keys, destination.secrets, destinationContext(destination._id))) as Settings;

async function existing(deps: Pick<SetupDeps, 'db'>, property: PropertyDoc, name: string): Promise<DestinationDoc> {
  const destination = await destinationByName(deps.db, property._id, name);
  if (!destination) throw new SetupError('destination_not_found', `"${property.name}" has no destination "${name}".`, { destination: name });
  return destination;
}

async function insert(deps: Pick<SetupDeps, 'db'>, destination: DestinationDoc): Promise<void> {
  try {
    await insertDestination(deps.db, destination);
  } catch (error) {
    if (isDuplicateOf(error, 'name')) throw new SetupError('name_taken', `The property has a destination named "${destination.name}" already.`, { name: destination.name });
    throw error;
  }
}

/** A secret given as a plain setting has been somewhere where it should not be: said, not stored. */
function refuseMisplaced(fields: SettingField[], input: DestinationInput): void {
  const secrets = new Set(fields.filter((field) => field.secret).map((field) => field.name));
  const known = new Set(fields.map((field) => field.name));
  for (const [name, value] of Object.entries(input.settings ?? {})) {
    if (secrets.has(name) && value !== null) throw new SetupError('setting_is_secret', `${name} is a secret: give it as one, from a file, an environment variable or standard input.`, { setting: name });
  }
  for (const name of Object.keys(input.secrets ?? {})) {
    if (known.has(name) && !secrets.has(name)) throw new SetupError('setting_not_secret', `${name} is no secret: give it as a plain setting.`, { setting: name });
  }
}

function split(fields: SettingField[], all: Settings): { plain: Settings; secrets: Settings } {
  const secret = new Set(fields.filter((field) => field.secret).map((field) => field.name));
  const entries = Object.entries(all).filter(([, value]) => value !== undefined);
  return {
    plain: Object.fromEntries(entries.filter(([name]) => !secret.has(name))),
    secrets: Object.fromEntries(entries.filter(([name]) => secret.has(name))),
  };
}

function nextMapping(current: Record<string, OutboundMapping>, given: Record<string, OutboundMapping | null>): Record<string, OutboundMapping> {
  const merged = Object.entries({ ...current, ...given }).filter(([, mapping]) => mapping !== null);
  return parseSettings(mappingSchema, Object.fromEntries(merged), 'The mapping');
}
