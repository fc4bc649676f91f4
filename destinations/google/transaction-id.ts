/** Words that stand where a template was not filled in; Google refuses them, or takes them all for one order. */
const PLACEHOLDERS = new Set(['123', '1234', 'null', 'undefined', 'none', 'transactionid', 'transaction_id']);

/** Whether Google takes it for the id of one order: not a placeholder, longer than one character, and no e-mail address (ORDER_ID_CONTAINS_PII). */
export const acceptsTransactionId = (transactionId: string): boolean =>
  transactionId.trim().length > 1 && !PLACEHOLDERS.has(transactionId.trim().toLowerCase()) && !/\S@\S+\.\S/.test(transactionId);
