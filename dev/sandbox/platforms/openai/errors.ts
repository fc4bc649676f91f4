/**
 * OpenAI documents the rules of the Conversions API and no error bodies; what is known of them has the shape of all of OpenAI's APIs:
 * {error: {message, type, param, code}}. Known words: "Missing required field: events" and "Missing scopes: ads.third_party_events.write".
 * https://developers.openai.com/ads/conversions-api
 */
import type { Answer } from '../../contract.ts';
import { newId } from '../../world.ts';

interface ApiError {
  status: number;
  message: string;
  type?: string;
  param?: string;
  code?: string;
  headers?: Record<string, string>;
}

export const requestHeaders = (): Record<string, string> => ({ 'x-request-id': `req_${newId()}` });

export const apiError = ({ status, message, type = 'invalid_request_error', param, code, headers }: ApiError): Answer => ({
  status,
  outcome: 'refused',
  headers: { ...requestHeaders(), ...headers },
  body: { error: { message, type, param: param ?? null, code: code ?? null } },
});

/** One wrong field refuses the whole batch. */
export const invalid = (param: string, message: string): Answer => apiError({ status: 400, message, param, code: 'invalid_value' });

export const missing = (field: string): Answer => apiError({ status: 400, message: `Missing required field: ${field}`, param: field, code: 'missing_required_field' });

const serverError = 'The server had an error while processing your request. Sorry about that!';

const byCode: Record<string, ApiError> = {
  missing_api_key: { status: 401, message: "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)." },
  invalid_api_key: { status: 401, message: 'Incorrect API key provided.', code: 'invalid_api_key' },
  /** An Advertiser API key instead of a Conversions API key. */
  missing_scope: { status: 401, message: 'You have insufficient permissions for this operation. Missing scopes: ads.third_party_events.write.', code: 'missing_scope' },
  pixel_not_found: { status: 404, message: 'Pixel not found.', param: 'pid', code: 'not_found' },
  invalid_value: { status: 400, message: 'Invalid value.', code: 'invalid_value' },
  missing_required_field: { status: 400, message: 'Missing required field: events', param: 'events', code: 'missing_required_field' },
  permission_denied: { status: 403, message: 'You do not have access to this resource.', code: 'permission_denied' },
  unprocessable: { status: 422, message: 'The request could not be processed.', code: 'unprocessable_entity' },
  rate_limit_exceeded: { status: 429, message: 'Rate limit reached for requests.', type: 'requests', code: 'rate_limit_exceeded', headers: { 'retry-after': '1' } },
  server_error: { status: 500, message: serverError, type: 'server_error' },
  service_unavailable: { status: 503, message: serverError, type: 'server_error', headers: { 'retry-after': '1' } },
};
const nameOfStatus: Record<string, string> = {
  '400': 'invalid_value', '401': 'invalid_api_key', '403': 'permission_denied', '404': 'pixel_not_found', '422': 'unprocessable', '429': 'rate_limit_exceeded', '500': 'server_error', '503': 'service_unavailable',
};

/** By name or by status. */
export function errorOfCode(wanted: string): Answer | null {
  const error = byCode[nameOfStatus[wanted] ?? wanted];
  return error ? apiError(error) : null;
}
