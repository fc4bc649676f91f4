import { Binary } from 'mongodb';
import { conversionIdOf } from '../domain/conversion-id.ts';
import type { Report, ReportError } from '../domain/report.ts';
import { networkById } from '../networks/catalog.ts';
import type { Network } from '../networks/contract.ts';
import type { IntegrationDoc, PostbackDoc } from '../store/documents.ts';
import type { Call } from './call.ts';
import { mayCall, secretMatches, secretOf, secretParameterOf } from './caller-check.ts';
import { cutFromBody, cutFromPairs, sweepSecret } from './cut-secret.ts';
import type { ApiDeps } from './deps.ts';
import type { Directory } from './directory.ts';
import { Problem, type ProblemCode } from './problem.ts';
import type { Refusal } from './refuser.ts';

const KEY_SHAPE = /^[0-9A-Za-z]{12}$/;
const NETWORK_LENGTH_MAX = 64;

/**
 * Checks a call and reads it: the record of its report, which is stored nowhere yet. Throws a Problem where it is refused;
 * a refused call to a known property goes to `keepRefusal` first. Nothing that is kept holds the network's secret.
 */
export async function examine(
  deps: Pick<ApiDeps, 'config' | 'keys' | 'unknownPaths'>,
  directory: Directory,
  call: Call,
  keepRefusal: (refusal: Refusal, checked: boolean) => Promise<unknown>,
): Promise<PostbackDoc> {
  const property = KEY_SHAPE.test(call.postbackKey) ? await directory.propertyByPostbackKey(call.postbackKey) : null;
  if (!property) {
    deps.unknownPaths.count();
    throw new Problem(404, 'property_unknown', 'No property has this postback key. Copy the postback URL anew from its integration.');
  }
  const network = networkById(call.network);
  const integration = network ? await directory.integrationByPath(`${property._id}/${network.id}`) : null;
  const secret = integration && secretOf(integration, deps.keys);
  const body = await call.readBody();
  const { query, bytes, values } = withoutSecret(call, 'bytes' in body ? body.bytes : null, secretParameterOf(integration));

  const refuse = async (status: number, code: ProblemCode, reason: string, checked = false, cause?: unknown): Promise<never> => {
    const sweep = (text: string) => (secret ? sweepSecret(text, secret) : text);
    await keepRefusal({
      _id: call.id,
      propertyId: property._id,
      network: call.network.slice(0, NETWORK_LENGTH_MAX),
      code,
      reason,
      method: call.method,
      query: sweep(query),
      contentType: call.contentType,
      body: bytes && Buffer.from(sweep(bytes.toString('latin1')), 'latin1'),
      ip: call.ip,
      receivedAt: call.receivedAt,
    }, checked);
    throw new Problem(status, code, reason, { cause });
  };

  if (!network) return refuse(404, 'network_unknown', 'The catalog has no network of this name.');
  if (!integration) return refuse(404, 'integration_missing', `${network.title} is not installed in this property.`);
  if ('refused' in body) {
    return body.refused === 'too_large'
      ? refuse(413, 'body_too_large', `A body may have ${deps.config.bodyMaxBytes} bytes.`)
      : refuse(415, 'body_encoded', 'Send the body without a content encoding, in UTF-8.');
  }
  if (!mayCall(integration, call.ip)) return refuse(403, 'address_refused', `The address ${call.ip} is not on the list of this integration.`);
  if (secret !== null && !secretMatches(secret, values)) {
    return refuse(403, 'secret_refused', values.length === 0 ? 'The secret of this integration is missing.' : 'The secret is not the one of this integration.');
  }

  let report: Report | ReportError;
  try {
    report = read(network, integration, call, query, bytes);
  } catch (error) {
    return refuse(500, 'parse_failed', 'The report could not be read because of an error on our side. It is kept and can be processed again.', true, error);
  }
  if ('error' in report) return refuse(400, 'body_invalid', report.error.message, true);
  return postbackOf(deps.config.relayAfterMs, call, integration, report, query, bytes);
}

function withoutSecret(call: Call, body: Buffer | null, parameter: string | null): { query: string; bytes: Buffer | null; values: string[] } {
  if (parameter === null) return { query: call.query, bytes: body, values: [] };
  const query = cutFromPairs(call.query, parameter);
  const cut = body && cutFromBody(body, call.contentType, parameter);
  return { query: query.text, bytes: cut?.bytes ?? null, values: [...query.values, ...(cut?.values ?? [])] };
}

/** Reads what will be stored, not what came: the workflow reads the same later, so that both find the same conversion. */
function read(network: Network, { settings }: IntegrationDoc, call: Call, query: string, body: Buffer | null): Report | ReportError {
  return network.parse({ query, contentType: call.contentType, body, receivedAtMs: call.receivedAt.getTime() }, settings);
}

function postbackOf(relayAfterMs: number, call: Call, integration: IntegrationDoc, report: Report, query: string, body: Buffer | null): PostbackDoc {
  const { propertyId, network } = integration;
  const { id, method, contentType, ip, userAgent, receivedAt } = call;
  const conversionId = report.empty ? null : conversionIdOf(propertyId, network, report);
  const reason = 'The call carries neither an order id, a click id, a status nor an amount.';
  const outcome = conversionId === null ? { effect: 'empty' as const, reason, conversionId: null, at: receivedAt } : null;
  return {
    _id: id,
    propertyId, network, method, query, contentType, body: body && new Binary(body), ip, userAgent, receivedAt,
    conversionId,
    outcome,
    tries: 0,
    nextTryAt: outcome ? null : new Date(receivedAt.getTime() + relayAfterMs),
    lastError: null,
  };
}
