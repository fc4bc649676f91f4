import type { PostbackDoc } from '../store/documents.ts';
import { ensurePostback } from '../store/postbacks.ts';
import { fromJson, openText, sealPostback, sealText, toJson } from '../store/sealed-text.ts';
import { SecretsError, type Keys } from '../store/secrets.ts';
import { fromWaiting, type WaitingCall } from './call.ts';
import type { ApiDeps } from './deps.ts';
import type { Directory } from './directory.ts';
import { examine } from './examine.ts';
import { Away } from './gate.ts';
import { Problem } from './problem.ts';
import type { Handled } from './spool/drain.ts';

/** What comes back from the spool: a postback is stored and its run told, a call that could not be checked is checked now. */

const CONTEXT = 'spool record';

export type SpooledRecord = { kind: 'postback'; postback: PostbackDoc } | { kind: 'call'; call: WaitingCall };

export const sealRecord = (keys: Keys, record: SpooledRecord): string => sealText(keys, toJson(record), CONTEXT);

/** `directory`: what the store knows now, not what a snapshot knew. Repeatable: all of it goes by the id that the call was given when it came. */
export const createRestore = (deps: ApiDeps, directory: Directory) => async ({ text }: { text: string }): Promise<Handled> => {
  let record: SpooledRecord;
  try {
    record = fromJson(openText(deps.keys, text, CONTEXT)) as SpooledRecord;
  } catch (err) {
    deps.log.error({ err }, 'a record of the spool does not open; it is kept and tried again');
    return 'hopeless';
  }
  return record.kind === 'postback' ? restorePostback(deps, record.postback) : restoreCall(deps, directory, record.call);
};

async function restoreCall(deps: ApiDeps, directory: Directory, waiting: WaitingCall): Promise<Handled> {
  try {
    const postback = await examine(deps, directory, fromWaiting(waiting), (refusal, checked) => deps.gates.mongodb.run(() => deps.refuser.keep(refusal, checked)));
    return await restorePostback(deps, postback);
  } catch (error) {
    if (error instanceof Away || (error instanceof Problem && error.code === 'store_unavailable')) return 'away';
    if (error instanceof SecretsError) {
      deps.log.error({ id: waiting.id, err: error }, 'a call of the spool cannot be checked; it is kept and tried again');
      return 'hopeless';
    }
    if (!(error instanceof Problem)) throw error;
    // Those share a counter, as they do where they are refused at once.
    if (error.code !== 'property_unknown') deps.log.warn({ id: waiting.id, code: error.code }, 'a call of the spool was refused');
    return 'done';
  }
}

async function restorePostback(deps: ApiDeps, postback: PostbackDoc): Promise<Handled> {
  const { db, gates, keys, starter, config, now, log } = deps;
  const { _id: postbackId, propertyId, network, conversionId } = postback;
  const conversion = conversionId === null ? null : { conversionId, propertyId, network };
  try {
    const nextTryAt = postback.outcome ? null : new Date(now().getTime() + config.relayAfterMs);
    await gates.mongodb.run(() => ensurePostback(db, { ...postback, nextTryAt }));
  } catch (error) {
    if (conversion) {
      try {
        await starter.tell(conversion, { postbackId, report: sealPostback(keys, postback) });
        return 'done';
      } catch (err) {
        log.debug({ postbackId, err }, 'Temporal did not take a postback of the spool');
      }
    }
    if (error instanceof Away) return 'away';
    throw error;
  }
  // It is stored, so the relay tells what is not heard now.
  if (conversion) await starter.tell(conversion, { postbackId }).catch((err: unknown) => log.debug({ postbackId, err }, 'left to the relay'));
  return 'done';
}
