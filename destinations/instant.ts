const SHAPE =
  /^(\d{4})-?(\d{2})-?(\d{2})[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?(Z|[+-]\d{2}(?::?\d{2})?)$/i;

/**
 * ISO 8601 with any offset and any number of fraction digits, as ms since the epoch with at most three decimals. What is finer than a
 * microsecond is cut, never rounded. Null for anything else: a time without an offset could be any of 26 hours.
 */
export function instantOf(text: string): number | null {
  const parts = SHAPE.exec(text.trim());
  if (!parts) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = ''] = parts;
  const wallMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const wall = new Date(wallMs);
  const isReal = wall.getUTCMonth() === Number(month) - 1 && wall.getUTCDate() === Number(day) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  const offset = offsetMs(zone);
  if (!isReal || offset === null) return null;
  return wallMs - offset + Number(fraction.slice(0, 6).padEnd(6, '0')) / 1000;
}

/** `Z`, `+05`, `+0530`, `-05:30`. */
function offsetMs(zone: string): number | null {
  if (/^z$/i.test(zone)) return 0;
  const [, sign, hours = '', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (Number(hours) > 18 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
