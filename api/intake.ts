import type { PostbackDoc } from '../store/documents.ts';
import { recordPostback } from '../store/postbacks.ts';
import { sealPostback } from '../store/sealed-text.ts';
import { readOnce, toWaiting, type Call } from './call.ts';
import type { ApiDeps } from './deps.ts';
import { examine } from './examine.ts';
import { Problem, spoolProblem, storeUnavailable } from './problem.ts';
import { sealRecord } from './restore.ts';
import { SpoolError } from './spool/spool.ts';

/**
 * Where a report lies that may be answered for: in MongoDB, in Temporal (its run stores it), or in the spool, checked or
 * not. It tells its run itself only in the first case.
 */
export type Taken =
  | { kept: 'stored' | 'signalled' | 'spooled'; postback: PostbackDoc }
  | { kept: 'unchecked'; id: string };

/**
 * Checks a call and makes its report safe: from then on it may be answered 200 and is not lost. Throws a Problem where it
 * is refused or nobody can take it. Whatever is kept is free of the network's secret, but for a call that could not be
 * checked yet, which lies in the spool sealed.
 */
export async function takePostback(deps: ApiDeps, arrived: Call): Promise<Taken> {
  const call = readOnce(arrived);
  let postback: PostbackDoc;
  try {
    postback = await examine(deps, deps.directory, call, (refusal, checked) => keepRefusal(deps, call, () => deps.refuser.keep(refusal, checked)));
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'store_unavailable') throw error;
    await spoolCall(deps, call, error);
    return { kept: 'unchecked', id: call.id };
  }
  return { kept: await keep(deps, postback), postback };
}

/** The one place where a report is made safe. A write to MongoDB that ends late, after another way was taken, does no harm: it is the same report by its id. */
async function keep(deps: ApiDeps, postback: PostbackDoc): Promise<'stored' | 'signalled' | 'spooled'> {
  const { db, gates, keys, log, starter } = deps;
  const { _id: postbackId, propertyId, network, conversionId } = postback;
  try {
    await gates.mongodb.run(() => recordPostback(db, postback));
    return 'stored';
  } catch (err) {
    log.warn({ postbackId, err }, 'MongoDB did not store a postback');
    // Without a key nothing may leave our memory but to MongoDB.
    if (keys.byId.size === 0) throw storeUnavailable(err);
  }
  if (conversionId !== null) {
    try {
      const report = sealPostback(keys, postback);
      await starter.tell({ conversionId, propertyId, network }, { postbackId, report });
      return 'signalled';
    } catch (err) {
      log.warn({ postbackId, err }, 'Temporal did not take a postback that MongoDB did not store');
    }
  }
  await spool(deps, { kind: 'postback', postback });
  return 'spooled';
}

async function spoolCall(deps: ApiDeps, call: Call, cause: unknown): Promise<void> {
  if (deps.keys.byId.size === 0) throw storeUnavailable(cause);
  await spool(deps, { kind: 'call', call: await toWaiting(call) });
}

async function spool(deps: ApiDeps, record: Parameters<typeof sealRecord>[1]): Promise<void> {
  try {
    await deps.spool.append(record.kind, sealRecord(deps.keys, record));
  } catch (error) {
    if (error instanceof SpoolError) throw spoolProblem(error);
    throw error;
  }
}

/**
 * While MongoDB is away a refusal is by the snapshot, which may be older than a new secret: the call lies in the spool for a
 * second look. That is a courtesy: the caller is refused either way.
 */
async function keepRefusal(deps: ApiDeps, call: Call, keepNow: () => Promise<unknown>): Promise<void> {
  try {
    await deps.gates.mongodb.run(keepNow);
  } catch (err) {
    deps.log.warn({ id: call.id, err }, 'MongoDB did not take a refused call');
    await spoolCall(deps, call, err).catch((error: unknown) => deps.log.warn({ id: call.id, err: error }, 'a refused call is not kept'));
  }
}
