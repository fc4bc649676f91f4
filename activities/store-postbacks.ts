import { ApplicationFailure } from '@temporalio/common';
import { ensurePostback } from '../store/postbacks.ts';
import { openPostback } from '../store/sealed-text.ts';
import { SecretsError } from '../store/secrets.ts';
import type { Deps } from './deps.ts';

/**
 * Stores reports that intake could not store: it was answered for because Temporal holds it. Repeatable: one that is there
 * stays, with its outcome. One that does not open keeps none of the others waiting, and is tried again until the key is
 * there: given up, a report that was answered 200 would be lost.
 */
export const createStorePostbacks = (deps: Deps) => async ({ reports }: { reports: string[] }): Promise<{ postbackIds: string[] }> => {
  const postbackIds: string[] = [];
  const unreadable: string[] = [];
  for (const report of reports) {
    try {
      const postback = openPostback(deps.keys, report);
      // The run that stores it is about to take it in; should it be lost meanwhile, the relay comes.
      const nextTryAt = postback.outcome ? null : new Date(deps.now() + deps.config.relayAfterMs);
      await ensurePostback(deps.db, { ...postback, nextTryAt });
      postbackIds.push(postback._id);
    } catch (error) {
      if (!(error instanceof SecretsError)) throw error;
      unreadable.push(error.message);
    }
  }
  if (unreadable.length > 0) throw ApplicationFailure.retryable(unreadable[0], 'report_unreadable');
  return { postbackIds };
};
