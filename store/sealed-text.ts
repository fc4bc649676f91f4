import { BSON, Binary } from 'mongodb';
import type { PostbackDoc } from './documents.ts';
import { open, seal, SecretsError, type Keys } from './secrets.ts';

/** What leaves the store for a while, sealed with the credentials key, as text: in a signal, in the spool, in the snapshot. */

const { EJSON } = BSON;
const PARTS = 4;
const REPORT_CONTEXT = 'postback report';

/** `<keyId>:<iv>:<tag>:<data>`, the last three in base64. */
export function sealText(keys: Keys, plaintext: string, context: string): string {
  const { keyId, iv, tag, data } = seal(keys, plaintext, context);
  return [keyId, ...[iv, tag, data].map((binary) => binary.toString('base64'))].join(':');
}

/** What `sealText` made under the same context; throws SecretsError where it does not open. */
export function openText(keys: Keys, text: string, context: string): string {
  const [keyId = '', ...parts] = text.split(':');
  if (parts.length !== PARTS - 1) throw new SecretsError('credentials_unreadable', `The ${context} is no sealed text.`);
  const [iv, tag, data] = parts.map((part) => new Binary(Buffer.from(part, 'base64'))) as [Binary, Binary, Binary];
  return open(keys, { keyId, iv, tag, data }, context);
}

/** A document with its dates and bytes, as JSON, and back. */
export const toJson = (value: object): string => EJSON.stringify(value, { relaxed: false });
export const fromJson = (text: string): unknown => EJSON.parse(text) as unknown;

/** The whole record of a postback, for a workflow to store. */
export const sealPostback = (keys: Keys, postback: PostbackDoc): string => sealText(keys, toJson(postback), REPORT_CONTEXT);
export const openPostback = (keys: Keys, report: string): PostbackDoc => fromJson(openText(keys, report, REPORT_CONTEXT)) as PostbackDoc;
