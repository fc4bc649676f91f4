import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Binary } from 'mongodb';
import type { Sealed } from './documents.ts';

/**
 * Credentials at rest: AES-256-GCM under the keys of the configuration. The context (whose secret it is) is authenticated
 * with it, so that a sealed text copied into another document does not open there.
 */

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[0-9A-Za-z_.-]{1,64}$/;
const BASE64 = /^[0-9A-Za-z+/]{43}=?$/;

export interface Keys {
  /** Seals with this one; opens with any. */
  first: string;
  byId: ReadonlyMap<string, Buffer>;
}

export type SecretsErrorCode = 'credentials_key_invalid' | 'credentials_key_unknown' | 'credentials_unreadable';

/** `message` is a sentence for the operator and holds no part of a key or secret. Waiting does not help: never retried. */
export class SecretsError extends Error {
  readonly code: SecretsErrorCode;
  constructor(code: SecretsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Contexts of what is sealed in the store. */
export const destinationContext = (destinationId: string): string => `destination/${destinationId}`;
export const integrationContext = (integrationId: string): string => `integration/${integrationId}`;

/** Reads `<keyId>:<32 bytes in base64>`, comma-separated; the first key encrypts, all decrypt. */
export function parseKeys(text: string): Keys {
  const byId = new Map<string, Buffer>();
  for (const [index, part] of text.split(',').map((each) => each.trim()).filter(Boolean).entries()) {
    const colon = part.indexOf(':');
    const id = part.slice(0, colon);
    const place = `Key ${index + 1} of CREDENTIALS_KEY`;
    if (colon < 1 || !KEY_ID.test(id)) throw invalid(`${place} must have the form <keyId>:<32 bytes in base64>.`);
    if (!BASE64.test(part.slice(colon + 1))) throw invalid(`${place} (${id}) must be ${KEY_BYTES} bytes in base64.`);
    if (byId.has(id)) throw invalid(`${place} has the id ${id}, which another key has too.`);
    byId.set(id, Buffer.from(part.slice(colon + 1), 'base64'));
  }
  const first = byId.keys().next().value;
  if (first === undefined) throw invalid('CREDENTIALS_KEY holds no key.');
  return { first, byId };
}

/** A new random key in the form that `parseKeys` reads. */
export const newKeyText = (keyId: string): string => `${keyId}:${randomBytes(KEY_BYTES).toString('base64')}`;

/** Encrypts a text with the first key. */
export function seal(keys: Keys, plaintext: string, context: string): Sealed {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(keys, keys.first), iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context));
  const data = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return { keyId: keys.first, iv: new Binary(iv), tag: new Binary(cipher.getAuthTag()), data: new Binary(data) };
}

/** Decrypts what `seal` made under the same context; throws SecretsError where the key is not known or anything was altered. */
export function open(keys: Keys, sealed: Sealed, context: string): string {
  const key = keyOf(keys, sealed.keyId);
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes(sealed.iv), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes(sealed.tag));
    return Buffer.concat([decipher.update(bytes(sealed.data)), decipher.final()]).toString('utf8');
  } catch {
    // The library's own words say no more than "it did not authenticate"; ours say what to look at.
    throw new SecretsError('credentials_unreadable', `The secrets of ${context} do not open with key ${sealed.keyId}: the key is another one of the same id, or the record was altered.`);
  }
}

/** For key rotation: the same text under the first key, or null where it is under it already. */
export const reseal = (keys: Keys, sealed: Sealed, context: string): Sealed | null =>
  sealed.keyId === keys.first ? null : seal(keys, open(keys, sealed, context), context);

function keyOf(keys: Keys, id: string): Buffer {
  const key = keys.byId.get(id);
  if (!key) throw new SecretsError('credentials_key_unknown', `Key ${id} is not in CREDENTIALS_KEY, and secrets are encrypted with it.`);
  return key;
}

/** The bytes of a Binary; also of a plain buffer, which is what a sealed text is that did not lie in MongoDB. */
const bytes = (value: Binary | Uint8Array): Uint8Array => (value instanceof Uint8Array ? value : value.value());

const invalid = (message: string): SecretsError => new SecretsError('credentials_key_invalid', message);
