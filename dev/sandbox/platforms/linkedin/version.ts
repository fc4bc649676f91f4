/**
 * Which values of the header LinkedIn-Version (YYYYMM) are served. A version comes out in its month or the one after, and is sunset about a year later:
 * https://learn.microsoft.com/en-us/linkedin/marketing/versioning.
 */
/** Days of sunset as announced; the other versions end on the 15th of their month, a year on. */
const announced: Record<string, string> = {
  '202511': '2026-11-16', '202601': '2027-01-15', '202602': '2027-02-15', '202603': '2027-03-16',
};

export function isServed(version: string, nowMs: number): boolean {
  const [, year, month] = /^(20\d{2})(0[1-9]|1[0-2])$/.exec(version) ?? [];
  if (!year || !month) return false;
  const monthAfter = Date.UTC(Number(year), Number(month));
  const sunset = announced[version] ?? `${Number(year) + 1}-${month}-15`;
  return nowMs >= monthAfter && nowMs < Date.parse(sunset);
}
