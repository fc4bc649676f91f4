import { isDeepStrictEqual } from 'node:util';
import type { EventRule } from '../domain/rules.ts';
import { networkById, networks } from '../networks/catalog.ts';
import type { Network } from '../networks/contract.ts';
import type { IntegrationDoc, IntegrationSettings, PropertyDoc } from '../store/documents.ts';
import { newId } from '../store/ids.ts';
import { insertIntegration, integrationOf, integrationsOf, replaceIntegration } from '../store/integrations.ts';
import { integrationContext, open, seal } from '../store/secrets.ts';
import type { SetupDeps } from './deps.ts';
import { isDuplicateOf, list, SetupError } from './errors.ts';
import { mergeSettings, parseSettings, settingFields, type Settings } from './fields.ts';
import { integrationSettingsSchema } from './integration-settings.ts';
import { findProperty } from './properties.ts';
import { rulesSchema } from './rules.ts';

/** What of an integration is to be as stated; what is absent stays, null goes back to the default. */
export interface IntegrationInput {
  settings?: Settings;
  secret?: string | null;
  rules?: unknown[] | null;
}

export const DEFAULT_SECRET_PARAMETER = 'secret';
const SECRET_LENGTH_MAX = 500;

/** Installs a network in a property. */
export async function addIntegration(deps: SetupDeps, property: string, network: string, input: IntegrationInput): Promise<IntegrationDoc> {
  const found = await findProperty(deps, property);
  const next = nextIntegration(deps, found, network, null, input);
  await saveIntegration(deps, null, next);
  return next;
}

/** Changes what is stated. `changed` is false where all of it was so already. */
export async function setIntegration(deps: SetupDeps, property: string, network: string, input: IntegrationInput): Promise<{ integration: IntegrationDoc; changed: boolean }> {
  const found = await findProperty(deps, property);
  const current = await integrationOf(deps.db, found._id, requireNetwork(network).id);
  if (!current) throw new SetupError('integration_not_found', `${network} is not installed in "${found.name}".`, { network });
  const next = nextIntegration(deps, found, network, current, input);
  return { integration: next, changed: await saveIntegration(deps, current, next) };
}

export const listIntegrations = async (deps: Pick<SetupDeps, 'db'>, property: string): Promise<IntegrationDoc[]> =>
  integrationsOf(deps.db, (await findProperty(deps, property))._id);

/** What every postback URL of a property begins with; the id of the network follows. */
export const postbackBase = (publicUrl: string, property: Pick<PropertyDoc, 'postbackKey'>): string =>
  `${publicUrl.replace(/\/+$/, '')}/${property.postbackKey}/collect/`;

/** The URL to paste at the network, macros in it where the network has any. */
export function postbackUrl(publicUrl: string, property: Pick<PropertyDoc, 'postbackKey'>, network: string): string {
  const { postbackQuery } = requireNetwork(network);
  return `${postbackBase(publicUrl, property)}${network}${postbackQuery && `?${postbackQuery}`}`;
}

/** The integration as it would be after the input, validated; nothing is stored. Equal to `current` where nothing changes. */
export function nextIntegration(deps: Omit<SetupDeps, 'db'>, property: PropertyDoc, networkId: string, current: IntegrationDoc | null, input: IntegrationInput): IntegrationDoc {
  const network = requireNetwork(networkId);
  const at = new Date(deps.now());
  const base: IntegrationDoc = current ?? {
    _id: newId(at.getTime()), propertyId: property._id, network: network.id, settings: {}, secret: null, rules: null, version: 1, createdAt: at, updatedAt: at,
  };
  const secret = nextSecret(deps, base, input.secret);
  const settings = nextSettings(network, base.settings, input.settings ?? {}, secret !== null);
  const rules = input.rules === undefined ? base.rules : input.rules && validRules(input.rules);
  if (current && isDeepStrictEqual([settings, secret, rules], [base.settings, base.secret, base.rules])) return current;
  return { ...base, settings, secret, rules, updatedAt: at };
}

/** Stores what `nextIntegration` made; false where nothing changed. */
export async function saveIntegration(deps: Pick<SetupDeps, 'db'>, current: IntegrationDoc | null, next: IntegrationDoc): Promise<boolean> {
  if (current === next) return false;
  if (current) {
    if (await replaceIntegration(deps.db, next, current.version)) return true;
    throw new SetupError('changed_meanwhile', `The integration ${next.network} was changed by somebody else at the same time: try again.`);
  }
  try {
    await insertIntegration(deps.db, next);
    return true;
  } catch (error) {
    if (isDuplicateOf(error, 'network')) throw new SetupError('integration_exists', `${next.network} is installed in this property already.`, { network: next.network });
    throw error;
  }
}

/** A network of the catalog, or a refusal that names those that are there. */
export function requireNetwork(id: string): Network {
  const network = networkById(id);
  if (!network) throw new SetupError('network_unknown', `There is no network "${id}"; the catalog has ${list([...networks.keys()])}.`, { network: id });
  return network;
}

function nextSettings(network: Network, current: IntegrationSettings, given: Settings, secret: boolean): IntegrationSettings {
  const schema = integrationSettingsSchema(network);
  const merged = mergeSettings(settingFields(schema), { ...current }, given, network.title);
  // Stated in the record, so that nobody has to know the default to read the postback.
  if (secret) merged.secretParameter ??= DEFAULT_SECRET_PARAMETER;
  else if (merged.secretParameter !== undefined && given.secretParameter) throw new SetupError('setting_missing', `${network.title} has a secretParameter but no secret.`);
  else delete merged.secretParameter;
  return parseSettings(schema, merged, network.title);
}

function nextSecret(deps: Pick<SetupDeps, 'keys'>, current: IntegrationDoc, given: string | null | undefined): IntegrationDoc['secret'] {
  if (given === undefined) return current.secret;
  if (given === null) return null;
  if (!given || given.length > SECRET_LENGTH_MAX) throw new SetupError('setting_invalid', `The secret of an integration is 1 to ${SECRET_LENGTH_MAX} characters.`);
  const context = integrationContext(current._id);
  return current.secret && open(deps.keys, current.secret, context) === given ? current.secret : seal(deps.keys, given, context);
}

const validRules = (rules: unknown[]): EventRule[] => parseSettings(rulesSchema, rules, 'The list of rules');
