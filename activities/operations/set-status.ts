import { OperationRefused, setStatus as set } from '../../domain/operations.ts';
import { normaliseAmount } from '../../domain/money.ts';
import { FINAL_STATUSES } from '../../domain/report.ts';
import { foldContext } from '../open-conversion.ts';
import type { Apply } from '../operate.ts';

/** A report by hand. The replay workflow and the API come here too: what they pass is checked as the run's validator does. */
export const setStatus: Apply<'setStatus'> = (deps, conversion, { operationId, operation: { status, amount, currency } }, loaded) => {
  if (!['pending', 'hold', ...FINAL_STATUSES].includes(status)) throw new OperationRefused('status_unknown', `"${status}" is no status.`);
  if (amount !== undefined && normaliseAmount(amount) !== amount) throw new OperationRefused('amount_unreadable', `"${amount}" is no plain decimal number.`);
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) throw new OperationRefused('currency_unreadable', `"${currency}" is no code of three capital letters.`);
  set(conversion, operationId, { status, ...(amount !== undefined && { amount }), ...(currency !== undefined && { currency }) }, foldContext(loaded, deps.now()));
};
