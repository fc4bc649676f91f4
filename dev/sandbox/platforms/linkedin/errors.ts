/**
 * LinkedIn's errors: `{status, message}`, with `code` from the gateway, and `serviceErrorCode` where it is about the token.
 * https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling
 */
import type { Answer } from '../../contract.ts';

interface LinkedInError { status: number; message: string; code?: string; serviceErrorCode?: number; headers?: Record<string, string> }

export const refuse = ({ headers, ...body }: LinkedInError): Answer => ({ status: body.status, headers, outcome: 'refused', body });

export const invalidFields = (message: string): Answer => refuse({ status: 422, message });

/** "indices" also where a single event was sent. */
export const invalidIndices = (what: string, indices: number[]): Answer => refuse({ status: 400, message: `${what}, indices [${indices.join(', ')}] (0-indexed).` });

export const inactiveVersion = (version: string): Answer => refuse({
  status: 426, code: 'NONEXISTENT_VERSION', message: `Requested version ${version}01 is not active`, headers: { 'x-restli-gateway-error': 'true' },
});

const timeWindow = 'Conversion time should be within 90 days and not exceed current time';
export const outsideTimeWindow = (indices: number[]): Answer => invalidIndices(timeWindow, indices);

/** By HTTP status, serviceErrorCode or code. */
const byCode: Record<string, () => Answer> = {
  400: () => outsideTimeWindow([0]),
  '400/method': () => refuse({ status: 400, message: "Incorrect conversions information provided. Conversion's method should be CONVERSIONS_API, indices [0] (0-indexed)" }),
  VERSION_MISSING: () => refuse({
    status: 400, code: 'VERSION_MISSING', message: 'A version must be present. Please specify a version by adding the LinkedIn-Version header.', headers: { 'x-restli-gateway-error': 'true' },
  }),
  65600: () => refuse({ status: 401, serviceErrorCode: 65600, code: 'INVALID_ACCESS_TOKEN', message: 'Invalid access token' }),
  65601: () => refuse({ status: 401, serviceErrorCode: 65601, code: 'REVOKED_ACCESS_TOKEN', message: 'The token used in the request has been revoked by the user' }),
  65602: () => refuse({ status: 401, serviceErrorCode: 65602, code: 'EXPIRED_ACCESS_TOKEN', message: 'The token used in the request has expired' }),
  65604: () => refuse({ status: 401, serviceErrorCode: 65604, code: 'EMPTY_ACCESS_TOKEN', message: 'Empty oauth2 access token' }),
  /** What a conversion rule that is not there looks like. */
  403: () => refuse({ status: 403, message: 'No ad accounts found' }),
  ACCESS_DENIED: () => refuse({ status: 403, serviceErrorCode: 100, code: 'ACCESS_DENIED', message: 'Not enough permissions to access: conversionEvents.CREATE' }),
  404: () => refuse({ status: 404, serviceErrorCode: 0, code: 'RESOURCE_NOT_FOUND', message: 'No virtual resource found' }),
  422: () => invalidFields('ERROR :: /conversionHappenedAt :: field is required but not found and has no default value\n'),
  426: () => inactiveVersion('202511'),
  429: () => refuse({ status: 429, serviceErrorCode: 101, code: 'TOO_MANY_REQUESTS', message: 'Resource level throttle APPLICATION DAY limit for calls to this resource is reached.' }),
  500: () => refuse({ status: 500, message: 'Internal Server Error' }),
  503: () => refuse({ status: 503, message: 'Service Unavailable' }),
  504: () => refuse({ status: 504, message: 'Gateway Timeout' }),
};
const sameAs: Record<string, string> = {
  401: '65600', INVALID_ACCESS_TOKEN: '65600', REVOKED_ACCESS_TOKEN: '65601', EXPIRED_ACCESS_TOKEN: '65602', EMPTY_ACCESS_TOKEN: '65604',
  NONEXISTENT_VERSION: '426', TOO_MANY_REQUESTS: '429',
};

export const errorOfCode = (code: string): Answer | null => byCode[sameAs[code] ?? code]?.() ?? null;
