import { destinationByPlatform } from '../destinations/catalog.ts';
import type { Destination } from '../destinations/contract.ts';
import { destinationContext, open } from '../store/secrets.ts';
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
  const secrets = JSON.parse(open(keys, doc.secrets, destinationContext(doc._id))) as Record<string, unknown>;
  const parsed = platform.settings.safeParse({ ...doc.settings, ...secrets });
  if (!parsed.success) return { problem: `The settings of "${doc.name}" are not valid: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}.` };
  return { doc, platform, settings: parsed.data, secrets: Object.values(secrets).flatMap(textsIn) };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}
