import type { OutboundEvent } from '../contract.ts';
import { normaliseEmail } from '../email.ts';
import { hashed } from '../hashing.ts';
import { packedName, postalCode } from '../names.ts';
import { toE164 } from '../phone.ts';
import { countryOf, deviceOf, externalIdOf, pageOf } from '../visitor.ts';

/**
 * `user` (TikTok: "Events API 2.0, user parameters"). Hashed: email, phone (E.164 with the plus), names, zip code,
 * external_id. Plain: ttclid, ttp, address, browser, places. What cannot be read costs its own field.
 */
export const userOf = (event: OutboundEvent) => {
  const { user, click } = event;
  const country = countryOf(event);
  const device = deviceOf(event);
  return {
    email: hashed(user.email, normaliseEmail),
    phone: hashed(user.phone, (phone) => toE164(phone, country)),
    external_id: hashed(externalIdOf(event), (id) => id),
    first_name: hashed(user.firstName, packedName),
    last_name: hashed(user.lastName, packedName),
    zip_code: hashed(user.postalCode, (code) => postalCode(code, country)),
    ttclid: ttclidOf(event),
    ttp: click?.ids.ttp || undefined,
    ip: device.ip ?? undefined,
    user_agent: device.userAgent ?? undefined,
    city: packedName(user.city ?? '') || undefined,
    state: packedName(user.region ?? '') || undefined,
    country: country?.toLowerCase(),
  };
};

/** The click id as it came: the one that the tag kept, else the one on the landing or the page URL. */
const ttclidOf = (event: OutboundEvent): string | undefined =>
  event.click?.ids.ttclid || parameterOf(event.click?.landingUrl ?? null) || parameterOf(pageOf(event));

const parameterOf = (url: string | null): string | undefined =>
  (url && URL.canParse(url) && new URL(url).searchParams.get('ttclid')) || undefined;

export const isMatchable = (user: ReturnType<typeof userOf>): boolean =>
  Boolean(user.ttclid || user.ttp || user.email || user.phone || (user.ip && user.user_agent));
