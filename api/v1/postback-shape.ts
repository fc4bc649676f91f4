import { networkById } from '../../networks/catalog.ts';
import { plainName, readParameters } from '../../networks/parameters.ts';
import type { PostbackDoc } from '../../store/documents.ts';

/** Postbacks as callers see them. What a report says of the buyer stays in the store: such parameters are named, not shown. */

/** Names under which networks send buyers' data, compared without case and punctuation. */
const PERSONAL = /^(customer|user|client|buyer|lead|contact|visitor|billing|shipping)?(email|e?mail|mail|phone|phonenumber|tel|telephone|mobile|msisdn|name|fname|lname|firstname|lastname|middlename|fullname|surname|patronymic|address|street|house|flat|city|region|state|zip|zipcode|postal|postalcode|postcode|ip|ipaddress|useragent|ua|comment|birthday|birthdate|dob|gender|sex|passport|externalid)\d?$/;
const LOOKS_PERSONAL = /@|^\+?\d[\d ().-]{9,}$/;

/** A line of a list. */
export function toListedPostback({ _id, propertyId, network, receivedAt, conversionId, outcome, tries, nextTryAt, lastError }: PostbackDoc) {
  return {
    id: _id, propertyId, network, receivedAt: receivedAt.toISOString(), conversionId,
    outcome: outcome && { effect: outcome.effect, reason: outcome.reason, at: outcome.at.toISOString() },
    tries, nextTryAt: nextTryAt?.toISOString() ?? null, lastError,
  };
}

/** A postback with its parameters, those of the buyer only by name, in `withheld`. */
export function toPostback(postback: PostbackDoc) {
  const { method, contentType, ip, userAgent } = postback;
  return { ...toListedPostback(postback), method, contentType, ip, userAgent, ...parametersOf(postback) };
}

function parametersOf({ network, query, contentType, body, receivedAt }: PostbackDoc): { parameters: Record<string, string | null>; withheld: string[] } {
  const input = { query, contentType, body: body?.value() ?? null, receivedAtMs: receivedAt.getTime() };
  const read = readParameters(input, plainName);
  if ('error' in read) return { parameters: {}, withheld: ['the body, which cannot be read'] };
  const report = networkById(network)?.parse(input, {});
  const known = report && !('error' in report) ? [...Object.values(report.user), report.ip].filter((value) => value != null && value !== '') : [];
  // What tells one report from another is shown even where it looks like a phone number.
  const ids = report && !('error' in report) ? [report.orderId, ...report.clickIdCandidates.map((each) => each.value)] : [];
  const parameters: Record<string, string | null> = {};
  const withheld: string[] = [];
  for (const [name, { text, nested }] of read.values) {
    const isBuyers = nested !== null || PERSONAL.test(name.toLowerCase().replace(/[^a-z0-9]/g, '')) || (text !== null && !ids.includes(text) && (known.includes(text) || LOOKS_PERSONAL.test(text)));
    if (isBuyers && (text !== null || nested !== null)) withheld.push(name);
    else Object.defineProperty(parameters, name, { value: text, enumerable: true });
  }
  return { parameters, withheld };
}
