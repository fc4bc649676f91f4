/**
 * The `user` object: lists of hashes, lists of plain places, and single values that must never be hashed.
 * The browser pixel's singular names (email_sha256, country, zip_code) are not read here, so they are refused.
 */
import { isIP } from 'node:net';
import type { Answer } from '../../contract.ts';
import { areHashes, isObject, isText, looksHashed } from '../../checks.ts';
import { invalid } from './errors.ts';

const hashedLists = ['emails_sha256', 'phone_numbers_sha256', 'external_ids_sha256', 'first_names_sha256', 'last_names_sha256'];
const plainLists: Record<string, RegExp> = {
  countries: /^[A-Za-z]{2}$/,
  cities: /^.{1,128}$/u,
  regions: /^.{1,128}$/u,
  postal_codes: /^[A-Za-z0-9 -]{1,32}$/,
};
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const singles: Record<string, (value: unknown) => boolean> = {
  obref: isText,
  user_agent: isText,
  ip_address: (value) => typeof value === 'string' && isIP(value) > 0,
  android_advertising_id: (value) => typeof value === 'string' && uuid.test(value),
};

export function brokenUser(user: unknown, at: string): Answer | null {
  if (!isObject(user)) return invalid(at, `${at} must be an object.`);
  for (const [key, value] of Object.entries(user)) {
    const broken = wrong(key, value);
    if (broken) return invalid(`${at}.${key}`, `${at}.${key} ${broken}`);
  }
  return null;
}

function wrong(key: string, value: unknown): string | null {
  if (hashedLists.includes(key)) return Array.isArray(value) && areHashes(value) ? null : 'must be a list of lowercase 64-character hexadecimal SHA-256 hashes.';
  const pattern = plainLists[key];
  if (pattern) {
    const isPlain = Array.isArray(value) && value.length > 0 && value.every((one) => isText(one) && pattern.test(one) && !looksHashed(one));
    return isPlain ? null : 'must be a list of plain values.';
  }
  const isRight = singles[key];
  if (!isRight) return 'is not a supported field.';
  return isRight(value) && !looksHashed(value) ? null : 'is not valid.';
}
