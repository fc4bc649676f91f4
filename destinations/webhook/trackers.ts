/**
 * Trackers that take postbacks: how their call looks, and their words for what became of a conversion. The tail is put to the
 * address where that does not name a parameter itself. Sources: docs.keitaro.io "Postback"; doc.voluum.com "Parameters in
 * postback URLs"; docs.binom.org "Postback URL"; help.redtrack.io "Conversion tracking"; docs.bemob.com "Postback settings".
 */
export const STATUSES = ['lead', 'sale', 'rejected', 'hold', 'trash'] as const;
export type Status = (typeof STATUSES)[number];

export interface Tracker {
  title: string;
  /** Where the address names no path. */
  path: string;
  /** Parameters of the call. */
  tail: Record<string, string>;
  words: Record<Status, string>;
  /** Parameters by which the tracker's own click id may have come to the landing page. */
  clickIds: readonly string[];
}

const ownWords: Record<Status, string> = { lead: 'lead', sale: 'sale', rejected: 'rejected', hold: 'hold', trash: 'trash' };

export const trackers = {
  keitaro: {
    title: 'Keitaro',
    path: '/postback',
    tail: { subid: '{click_id}', payout: '{payout}', currency: '{currency}', status: '{status}', tid: '{txid}' },
    words: ownWords,
    clickIds: ['subid', 'sub_id'],
  },
  voluum: {
    title: 'Voluum',
    path: '/postback',
    // It counts a click with the same transaction id once, so that Lead and Purchase of an order must differ in theirs.
    tail: { cid: '{click_id}', payout: '{payout}', currency: '{currency}', txid: '{transaction_id}', et: '{status}' },
    words: ownWords,
    clickIds: ['cid', 'clickid'],
  },
  binom: {
    title: 'Binom',
    path: '/click.php',
    tail: { cnv_id: '{click_id}', payout: '{payout}', cnv_currency: '{currency}', cnv_status: '{status}' },
    words: ownWords,
    clickIds: ['clickid', 'click_id', 'uclick'],
  },
  // `type` is the name of a conversion type in the account, case included; `status` is one of RedTrack's own four words.
  redtrack: {
    title: 'RedTrack',
    path: '/postback',
    tail: { clickid: '{click_id}', sum: '{payout}', type: '{event}', status: '{status}' },
    words: { lead: 'pending', sale: 'approved', rejected: 'declined', hold: 'pending', trash: 'declined' },
    clickIds: ['clickid', 'rtkcid'],
  },
  bemob: {
    title: 'BeMob',
    path: '/postback',
    tail: { cid: '{click_id}', payout: '{payout}', txid: '{txid}', status: '{status}' },
    words: ownWords,
    clickIds: ['cid', 'clickid'],
  },
} satisfies Record<string, Tracker>;

export type TrackerName = keyof typeof trackers;
export const TRACKER_NAMES = Object.keys(trackers) as [TrackerName, ...TrackerName[]];

export const trackerOf = (name: unknown): Tracker | null =>
  typeof name === 'string' && Object.hasOwn(trackers, name) ? trackers[name as TrackerName] : null;
