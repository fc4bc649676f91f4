/** A click: one tagged outbound click, with what the ad platforms need to recognise their visitor. */

/** Ids that ad platforms put on landing URLs or in first-party cookies; kept verbatim, case included. */
export const PLATFORM_IDS = [
  'fbclid', 'fbc', 'fbp', 'gclid', 'gbraid', 'wbraid', 'dclid', 'ttclid', 'ttp', 'msclkid', 'ScCid', 'sc_cookie1', 'epik',
  'rdt_cid', 'rdt_uuid', 'twclid', 'li_fat_id', 'tblci', 'obclid', 'oppref', 'ga_client_id', 'ga_session_id',
] as const;
export type PlatformId = (typeof PLATFORM_IDS)[number];

export interface Consent {
  adUserData?: boolean;
  adPersonalization?: boolean;
  adStorage?: boolean;
  /** US state privacy laws: limited data use asked for. */
  limitedDataUse?: boolean;
}

export interface Click {
  clickId: string;
  /** When the visitor clicked, ms since the epoch. */
  clickedAtMs: number;
  /** When the visitor landed with these platform ids, ms since the epoch; the click's time where unknown. */
  landedAtMs: number;
  landingUrl: string | null;
  pageUrl: string | null;
  pageTitle: string | null;
  referrer: string | null;
  linkUrl: string | null;
  network: string | null;
  utm: Record<string, string>;
  ids: Partial<Record<PlatformId, string>>;
  ip: string | null;
  userAgent: string | null;
  language: string | null;
  country: string | null;
  consent: Consent;
}

const SHAPE = /^[0-9A-Za-z]{22}$/;
/** Whether a value has the shape of one of our click ids: 22 letters or digits. */
export const isClickIdShape = (value: string): boolean => SHAPE.test(value);
