/** Words that stand where a template was not filled in: Google would take them all for one order. */
const UNFILLED = new Set(['null', 'undefined', 'none', 'transactionid', 'transaction_id']);
/** What the Data Manager API refuses beside them. */
const TRIALS = new Set(['123', '1234']);

/** Whether the Google Ads API takes it for the id of one order: filled in, and no e-mail address (ORDER_ID_CONTAINS_PII). */
export const acceptsOrderId = (orderId: string): boolean =>
  orderId.trim() !== '' && !UNFILLED.has(orderId.trim().toLowerCase()) && !/\S@\S+\.\S/.test(orderId);

/** Whether the Data Manager API does: no trial either, and longer than one character. */
export const acceptsTransactionId = (transactionId: string): boolean =>
  acceptsOrderId(transactionId) && transactionId.trim().length > 1 && !TRIALS.has(transactionId.trim());
