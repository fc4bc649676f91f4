import { DateTime, IANAZone } from 'luxon';

/** Google Ads API: "yyyy-mm-dd hh:mm:ss+|-hh:mm". Whole seconds: what is finer is cut. UTC where the zone is none. */
export const dateTimeIn = (ms: number, timeZone: string): string =>
  DateTime.fromMillis(Math.floor(ms / 1000) * 1000, { zone: IANAZone.isValidZone(timeZone) ? timeZone : 'UTC' }).toFormat('yyyy-MM-dd HH:mm:ssZZ');

/** The moment of such a text, ms; NaN where it is none. */
export const momentOf = (text: string | undefined): number => DateTime.fromFormat(text ?? '', 'yyyy-MM-dd HH:mm:ssZZ').toMillis();
