import type { BuildContext, Destination, OutboundEvent } from '../contract.ts';
import { CLIENT_FIELDS, type ClientField, one, personOf, plainAs, USER_FIELDS, type UserField, verbatim } from '../fields.ts';
import { publicIp } from '../visitor.ts';

/** As it came and unhashed, and only with the setting `includeUser`: the target is a system of the affiliate's own. */
export const person: Destination['person'] = {
  ...Object.fromEntries([...USER_FIELDS, ...CLIENT_FIELDS].map((field) => [field, plainAs(verbatim)])),
  ip: plainAs(publicIp),
};

/** Macros and JSON keys of what is known of a person. */
export const NAMES: Record<UserField | ClientField, string> = {
  email: 'email', phone: 'phone', firstName: 'first_name', lastName: 'last_name', gender: 'gender', dateOfBirth: 'date_of_birth', city: 'city',
  region: 'region', postalCode: 'postal_code', country: 'country', externalId: 'external_id', ip: 'ip', userAgent: 'user_agent', locale: 'locale',
};

const PERSONAL: ReadonlySet<string> = new Set([...Object.values(NAMES), 'mail', 'tel', 'name', 'firstname', 'lastname', 'zip'].filter((name) => name !== 'country'));

/** Whether a macro asks for data of a person. */
export const isPersonal = (name: string): boolean => PERSONAL.has(name);

export const userOf = (event: OutboundEvent, ctx?: BuildContext): Record<string, string> =>
  Object.fromEntries(
    Object.entries(personOf(event, person, ctx)).flatMap(([field, values]) => {
      const value = one(values);
      return value === undefined ? [] : [[NAMES[field as UserField | ClientField], value]];
    }),
  );
