import { DateTime, FixedOffsetZone, Info, type Zone } from 'luxon';
import { type Parameters, textOf } from './parameters.ts';

/**
 * Moments, in ms since the epoch. What is no date (30 February) or no time of its zone (the hour that daylight saving skips)
 * is unreadable, never moved. Digits below the millisecond are below our clock's resolution.
 */

/** Unix seconds (10 digits, decimals allowed) or milliseconds (13 digits). */
export function parseUnix(text: string): number | null {
  const match = /^(?:(\d{10})(?:\.(\d{1,9}))?|(\d{13}))$/.exec(text);
  if (!match) return null;
  const [, seconds, decimals = '', milliseconds] = match;
  return Number(milliseconds ?? `${seconds}${decimals.slice(0, 3).padEnd(3, '0')}`);
}

const TIME = String.raw`([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?`;
/** A blank before an offset is a `+` that was not percent-encoded. */
const OFFSET = String.raw`(?: ?(Z|[+\- ](?:0\d|1[0-4]):?[0-5]\d))?`;
const YEAR_FIRST = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})(?:[T ]${TIME}${OFFSET})?$`, 'i');
const DAY_FIRST = new RegExp(`^(\\d{2})\\.(\\d{2})\\.(\\d{4})(?: ${TIME}${OFFSET})?$`, 'i');

/** `YYYY-MM-DD[ T]HH:MM[:SS]`, with an offset or in the zone, `DD.MM.YYYY HH:MM[:SS]`, either also as a day alone. */
export function parseDate(text: string, zone: Zone): number | null {
  const yearFirst = YEAR_FIRST.exec(text);
  const match = yearFirst ?? DAY_FIRST.exec(text);
  if (!match) return null;
  const [, first, month, third, hour = '0', minute = '0', second = '0', decimals = '', offset] = match;
  const [year, day] = yearFirst ? [first, third] : [third, first];
  const parts = {
    year: Number(year), month: Number(month), day: Number(day), hour: Number(hour), minute: Number(minute),
    second: Number(second), millisecond: Number(decimals.slice(0, 3).padEnd(3, '0')),
  };
  const moment = DateTime.fromObject(parts, { zone: offset ? fixedZone(offset) : zone });
  if (!moment.isValid || moment.hour !== parts.hour || moment.minute !== parts.minute) return null;
  return moment.toMillis();
}

function fixedZone(offset: string): Zone {
  if (/^z$/i.test(offset)) return FixedOffsetZone.utcInstance;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return FixedOffsetZone.instance(offset.startsWith('-') ? -minutes : minutes);
}

/** The first of these parameters that can be read: Unix time first, then dates in the zone. What cannot is flagged. */
export function readMoment(parameters: Parameters, names: { unix?: readonly string[]; date?: readonly string[] }, zone: Zone): number | null {
  const unix = textOf(parameters, ...(names.unix ?? []));
  const unixMs = unix === null ? null : parseUnix(unix);
  const date = textOf(parameters, ...(names.date ?? []));
  const dateMs = date === null ? null : parseUnix(date) ?? parseDate(date, zone);
  if ((unix !== null && unixMs === null) || (date !== null && dateMs === null)) parameters.flags.add('date_unreadable');
  return unixMs ?? dateMs;
}

const zones = new Map<string, Zone>();

/** The integration's zone, the network's own where there is none or it is not one (flagged). */
export function zoneOf(setting: string | null | undefined, fallback: string, flags: Set<string>): Zone {
  const name = setting?.trim() || fallback;
  const cached = zones.get(name);
  if (cached) return cached;
  // luxon takes these words for the machine's own zone, which says nothing about the network's.
  const zone = /^(system|local|default)$/i.test(name) ? null : Info.normalizeZone(name);
  if (!zone?.isValid) {
    flags.add('time_zone_invalid');
    return zoneOf(null, fallback, flags);
  }
  zones.set(name, zone);
  return zone;
}
