/**
 * The postback URLs of common trackers, one per row.
 * Keitaro https://docs.keitaro.io/en/conversions-and-postback/postback.html, Voluum https://doc.voluum.com/article/parameters-in-postback-urls,
 * Binom https://docs.binom.org/postback-url.php, RedTrack https://help.redtrack.io/knowledgebase/kb/conversion-tracking/tracking-event-types/,
 * BeMob https://help.bemob.com/docs/using-postback-statuses
 */
export interface Shape {
  tracker: 'keitaro' | 'voluum' | 'binom' | 'redtrack' | 'bemob';
  path: RegExp;
  /** Parameters that must be there for the row to apply; the first one is the click id. */
  needs: string[];
  transaction: string | null;
  payout: string;
  currency: string;
  status: string;
  statusWithout: string;
  /** The statuses that the tracker knows; null: the account's own words. */
  statuses: string[] | null;
  success: string;
  /** Whether an error comes with 200 and is told only in the text. */
  errorsInText: boolean;
}

export const shapes: Shape[] = [
  // Keitaro has its postback key in the path: /<key>/postback.
  { tracker: 'keitaro', path: /^(\/\w+)?\/postback$/, needs: ['subid'], transaction: 'tid', payout: 'payout', currency: 'currency', status: 'status', statusWithout: 'sale', statuses: ['lead', 'sale', 'rejected', 'hold', 'trash', 'rebill'], success: 'Success', errorsInText: true },
  { tracker: 'bemob', path: /^\/postback$/, needs: ['cid', 'status'], transaction: 'txid', payout: 'payout', currency: 'currency', status: 'status', statusWithout: 'approved', statuses: null, success: 'OK', errorsInText: true },
  { tracker: 'voluum', path: /^\/postback$/, needs: ['cid'], transaction: 'txid', payout: 'payout', currency: 'currency', status: 'et', statusWithout: 'conversion', statuses: null, success: '', errorsInText: false },
  { tracker: 'redtrack', path: /^\/postback$/, needs: ['clickid'], transaction: 'rdtk_event_id', payout: 'sum', currency: 'currency', status: 'type', statusWithout: 'Conversion', statuses: null, success: 'OK', errorsInText: false },
  { tracker: 'binom', path: /^\/click\.php$/, needs: ['cnv_id'], transaction: null, payout: 'payout', currency: 'cnv_currency', status: 'cnv_status', statusWithout: 'conversion', statuses: null, success: 'OK', errorsInText: true },
];

export const isTrackerPath = (path: string): boolean => shapes.some((shape) => shape.path.test(path));
export const shapeOf = (path: string, params: URLSearchParams): Shape | undefined =>
  shapes.find((shape) => shape.path.test(path) && shape.needs.every((key) => params.has(key)));
