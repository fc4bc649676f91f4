import type { OutboundEvent } from '../contract.ts';
import { normaliseEmail } from '../email.ts';
import { hashed } from '../hashing.ts';
import { packedName, plainName, postalCode } from '../names.ts';
import { toE164 } from '../phone.ts';
import { countryOf, deviceOf, externalIdOf } from '../visitor.ts';
import { browserIdFor, clickIdFor } from './fbc.ts';

/**
 * `user_data` (Meta: "Customer Information Parameters"). Hashed: em, ph (digits only, country code first), names, places,
 * external_id. Never hashed: address, browser, fbc, fbp. What cannot be read costs its own field.
 */
export const userDataOf = (event: OutboundEvent) => {
  const { user, click } = event;
  const country = countryOf(event);
  const device = deviceOf(event);
  return {
    em: hashed(user.email, normaliseEmail),
    ph: hashed(user.phone, (phone) => toE164(phone, country)?.slice(1) ?? null),
    fn: hashed(user.firstName, plainName),
    ln: hashed(user.lastName, plainName),
    ct: hashed(user.city, packedName),
    st: hashed(user.region, packedName),
    zp: hashed(user.postalCode, (code) => postalCode(code, country)),
    country: hashed(country, (code) => code.toLowerCase()),
    external_id: hashed(externalIdOf(event), (id) => id),
    client_ip_address: device.ip ?? undefined,
    client_user_agent: device.userAgent ?? undefined,
    fbc: clickIdFor(click, event.occurredAtMs),
    fbp: browserIdFor(click),
  };
};

type UserData = ReturnType<typeof userDataOf>;

/** Whether Meta can find anybody by it: names, places or an address alone are too many people at once. */
export const isMatchable = (data: UserData): boolean =>
  Boolean(data.fbc || data.fbp || data.em || data.ph || (data.client_ip_address && data.client_user_agent));
