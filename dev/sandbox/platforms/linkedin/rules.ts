/**
 * The schema of a conversion event: https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/conversions-api and its page "Schema".
 * Like Rest.li's validator it collects all errors, as `<path> :: <what is wrong>`.
 */
import { isIPv4 } from 'node:net';
import { day, isCurrency, isHash, isObject, isText, looksHashed } from '../../checks.ts';
import type { Json } from '../../checks.ts';

const idTypes = ['SHA256_EMAIL', 'LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID', 'ACXIOM_ID', 'PLAINTEXT_IP_ADDRESS', 'GOOGLE_AID'];
const missing = 'field is required but not found and has no default value';
const unknown = 'unrecognized field found but not allowed';
const ageMaxDays = 90;
export const urnPrefix = 'urn:lla:llaPartnerConversion:';

export function* problems(event: unknown): Generator<string> {
  if (!isObject(event)) return yield '/ :: is not backed by a DataMap';
  yield* fieldProblems(event, '', { required: ['conversion', 'conversionHappenedAt', 'user'], optional: ['conversionValue', 'eventId'] });
  if (event.conversion !== undefined && !new RegExp(`^${urnPrefix}\\d+$`).test(String(event.conversion))) yield '/conversion :: Invalid Urn format. Invalid prefix.';
  const happenedAt = event.conversionHappenedAt;
  if (happenedAt !== undefined && !Number.isInteger(happenedAt)) yield `/conversionHappenedAt :: ${String(happenedAt)} cannot be coerced to Long`;
  if (event.eventId !== undefined && !isText(event.eventId)) yield `/eventId :: ${String(event.eventId)} cannot be coerced to String`;
  if (event.conversionValue !== undefined) yield* valueProblems(event.conversionValue);
  if (event.user !== undefined) yield* userProblems(event.user);
}

/** Not a matter of the schema: LinkedIn answers 400 with the indices. Seconds are a time in January 1970 here. */
export const isInTime = (event: Json, nowMs: number): boolean => {
  const happenedAt = Number(event.conversionHappenedAt);
  return happenedAt <= nowMs && nowMs - happenedAt <= ageMaxDays * day;
};

function* fieldProblems(object: Json, at: string, fields: { required: string[]; optional: string[] }): Generator<string> {
  for (const key of Object.keys(object)) if (!fields.required.includes(key) && !fields.optional.includes(key)) yield `${at}/${key} :: ${unknown}`;
  for (const key of fields.required) if (object[key] === undefined || object[key] === null) yield `${at}/${key} :: ${missing}`;
}

function* valueProblems(value: unknown): Generator<string> {
  const at = '/conversionValue';
  if (!isObject(value)) return yield `${at} :: is not backed by a DataMap`;
  yield* fieldProblems(value, at, { required: ['currencyCode', 'amount'], optional: [] });
  const { currencyCode, amount } = value;
  if (amount !== undefined && typeof amount !== 'string') yield `${at}/amount :: ${String(amount)} cannot be coerced to String`;
  else if (amount !== undefined && !/^\d+(\.\d+)?$/.test(amount)) yield `${at}/amount :: "${amount}" is not a decimal number`;
  // LinkedIn answers 201 to a currency that does not exist and the value is lost; here it is refused.
  if (currencyCode !== undefined && !isCurrency(currencyCode)) yield `${at}/currencyCode :: "${String(currencyCode)}" is not a valid currency code`;
}

function* userProblems(user: unknown): Generator<string> {
  const at = '/user';
  if (!isObject(user)) return yield `${at} :: is not backed by a DataMap`;
  // userIds is required where others identify the member too; it may be empty then.
  yield* fieldProblems(user, at, { required: ['userIds'], optional: ['userInfo', 'externalIds', 'lead'] });
  const { userIds, userInfo } = user;
  if (userIds !== undefined && !Array.isArray(userIds)) yield `${at}/userIds :: is not backed by a DataList`;
  for (const [index, userId] of (Array.isArray(userIds) ? userIds : []).entries()) yield* userIdProblems(userId, `${at}/userIds/${index}`);
  if (Array.isArray(userIds) && userIds.length === 0 && !userInfo && !user.externalIds && !user.lead) yield `${at} :: one of userIds, userInfo, externalIds, lead is required`;
  if (userInfo === undefined) return;
  if (!isObject(userInfo)) return yield `${at}/userInfo :: is not backed by a DataMap`;
  yield* fieldProblems(userInfo, `${at}/userInfo`, { required: ['firstName', 'lastName'], optional: ['companyName', 'title', 'countryCode'] });
}

/** LinkedIn does not look into an idValue; here a hash must be a hash, and the rest must not be one. */
function* userIdProblems(userId: unknown, at: string): Generator<string> {
  if (!isObject(userId)) return yield `${at} :: is not backed by a DataMap`;
  yield* fieldProblems(userId, at, { required: ['idType', 'idValue'], optional: [] });
  const { idType, idValue } = userId;
  if (idType !== undefined && !idTypes.includes(String(idType))) yield `${at}/idType :: "${String(idType)}" is not an enum symbol`;
  if (idValue === undefined) return;
  if (!isText(idValue)) yield `${at}/idValue :: ${String(idValue)} cannot be coerced to String`;
  else if (idType === 'SHA256_EMAIL' && !isHash(idValue)) yield `${at}/idValue :: is not a SHA-256 hash in lower-case hex`;
  else if (idType === 'PLAINTEXT_IP_ADDRESS' && !isIPv4(idValue)) yield `${at}/idValue :: is not an IPv4 address`;
  else if (idType !== 'SHA256_EMAIL' && looksHashed(idValue)) yield `${at}/idValue :: must not be hashed`;
}
