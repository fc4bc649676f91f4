import { z } from 'zod';
import { isClickIdShape, PLATFORM_IDS, type PlatformId } from '../domain/click.ts';
import type { ClickDoc } from '../store/documents.ts';
import { clickDocId } from '../store/clicks.ts';
import { Problem } from './problem.ts';

/** What the browser tag sends of a click, and what becomes of it. A field that is too long or of the wrong kind costs itself, never the click. */

const URL_LENGTH_MAX = 8 * 1024;
const ID_LENGTH_MAX = 2 * 1024;
const UTM_LENGTH_MAX = 512;
const UTM_COUNT_MAX = 20;
const UTM_PREFIX = /^utm_/;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A tag may send later what it could not send at once; a clock that is further behind is wrong. */
const CLICK_AGE_MAX_MS = 7 * DAY_MS;
/** Longer than any browser keeps the cookie that remembers the landing. */
const LANDING_AGE_MAX_MS = 400 * DAY_MS;

const text = (lengthMax: number) => z.string().min(1).max(lengthMax).nullable().catch(null);
const flag = z.boolean().optional().catch(undefined);
/** ISO 8601 with a zone, or ms since the epoch. */
const time = z.union([z.number().int(), z.iso.datetime({ offset: true }).transform(Date.parse)]).nullable().catch(null);
const texts = z.record(z.string(), z.unknown()).catch({});

const schema = z.object({
  clickId: z.string().refine(isClickIdShape),
  clickedAt: time,
  landedAt: time,
  landingUrl: text(URL_LENGTH_MAX),
  pageUrl: text(URL_LENGTH_MAX),
  pageTitle: text(512),
  referrer: text(URL_LENGTH_MAX),
  linkUrl: text(URL_LENGTH_MAX),
  network: text(64),
  utm: texts,
  ids: texts,
  consent: z.object({ adUserData: flag, adPersonalization: flag, adStorage: flag, limitedDataUse: flag }).catch({}),
  language: text(64),
  userAgent: text(1024),
  country: z.string().regex(/^[A-Za-z]{2}$/).toUpperCase().nullable().catch(null),
});

export interface ClickCall {
  propertyId: string;
  ip: string;
  userAgent: string | null;
  acceptLanguage: string | null;
  receivedAt: Date;
}

/** The click of a body; throws a Problem where it is not JSON or has no click id. */
export function readClick(body: Uint8Array | null, call: ClickCall): ClickDoc {
  const result = schema.safeParse(jsonOf(body));
  if (!result.success) {
    throw new Problem(400, 'click_invalid', 'clickId must be 22 letters and digits, in a JSON object.');
  }
  const sent = result.data;
  const landing = parametersOf(sent.landingUrl ?? sent.pageUrl);
  const receivedMs = call.receivedAt.getTime();
  const clickedMs = within(sent.clickedAt, receivedMs - CLICK_AGE_MAX_MS, receivedMs) ?? receivedMs;
  const landedMs = within(sent.landedAt, clickedMs - LANDING_AGE_MAX_MS, clickedMs) ?? clickedMs;
  const { clickId, landingUrl, pageUrl, pageTitle, referrer, linkUrl, network, consent, country } = sent;
  return {
    _id: clickDocId(call.propertyId, clickId),
    propertyId: call.propertyId,
    clickId, landingUrl, pageUrl, pageTitle, referrer, linkUrl, network, consent, country,
    clickedAt: new Date(clickedMs),
    landedAt: new Date(landedMs),
    receivedAt: call.receivedAt,
    utm: { ...utmOf(landing.filter(([name]) => UTM_PREFIX.test(name))), ...utmOf(Object.entries(sent.utm)) },
    ids: { ...idsOf(landing), ...idsOf(Object.entries(sent.ids)) },
    ip: call.ip || null,
    userAgent: call.userAgent ?? sent.userAgent,
    language: sent.language ?? firstLanguage(call.acceptLanguage),
  };
}

type Entries = readonly (readonly [string, unknown])[];

function idsOf(entries: Entries): Partial<Record<PlatformId, string>> {
  const ids: Partial<Record<PlatformId, string>> = {};
  for (const [name, value] of entries) {
    const id = PLATFORM_IDS.find((each) => each === name);
    if (id && isText(value, ID_LENGTH_MAX)) ids[id] ??= value;
  }
  return ids;
}

/** Kept without the prefix: `utm_source` of a URL and `source` of the tag are the same. */
function utmOf(entries: Entries): Record<string, string> {
  const utm = new Map<string, string>();
  for (const [name, value] of entries) {
    const key = name.replace(UTM_PREFIX, '');
    if (/^[a-z0-9_]{1,32}$/i.test(key) && isText(value, UTM_LENGTH_MAX) && !utm.has(key) && utm.size < UTM_COUNT_MAX) utm.set(key, value);
  }
  return Object.fromEntries(utm);
}

const isText = (value: unknown, lengthMax: number): value is string => typeof value === 'string' && value !== '' && value.length <= lengthMax;

const parametersOf = (url: string | null): Entries => (url !== null && URL.canParse(url) ? [...new URL(url).searchParams] : []);

const within = (timeMs: number | null, fromMs: number, toMs: number): number | null =>
  timeMs !== null && timeMs >= fromMs && timeMs <= toMs ? timeMs : null;

const firstLanguage = (header: string | null): string | null => /^[A-Za-z0-9-]{1,64}/.exec(header?.trim() ?? '')?.[0] ?? null;

function jsonOf(body: Uint8Array | null): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body ?? new Uint8Array()));
  } catch (error) {
    throw new Problem(400, 'click_invalid', 'The body is not JSON.', { cause: error });
  }
}
