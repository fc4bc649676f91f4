import { destinationByPlatform } from '../destinations/catalog.ts';
import type { Destination } from '../destinations/contract.ts';
import { destinationContext, open, SecretsError } from '../store/secrets.ts';
import type { DestinationDoc } from '../store/documents.ts';
import type { CredentialKeys } from './deps.ts';

/** A destination ready to be used: its platform, its whole settings, and the values that no record may show. */
export interface ReadyDestination {
  doc: DestinationDoc;
  platform: Destination;
  settings: unknown;
  secrets: string[];
}

/** Null where its settings cannot be read any more; `problem` says why in a sentence. */
export function readyDestination(doc: DestinationDoc, keys: CredentialKeys): ReadyDestination | { problem: string } {
  const platform = destinationByPlatform(doc.platform);
  if (!platform) return { problem: `The platform ${doc.platform} is not known to this version.` };
  let secrets: Record<string, unknown>;
  try {
    secrets = JSON.parse(open(keys, doc.secrets, destinationContext(doc._id))) as Record<string, unknown>;
  } catch (error) {
    // One destination that cannot be used must not keep the others, or the conversion, from going on.
    return { problem: `The secrets of "${doc.name}" cannot be read: ${error instanceof SecretsError ? error.message : 'they are not what was stored.'}` };
  }
  const parsed = platform.settings.safeParse({ ...doc.settings, ...secrets });
  if (!parsed.success) return { problem: `The settings of "${doc.name}" are not valid: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}.` };
  return { doc, platform, settings: parsed.data, secrets: Object.values(secrets).flatMap(textsIn) };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}
