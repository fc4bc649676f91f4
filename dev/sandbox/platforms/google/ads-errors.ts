/** google.rpc.Status bodies as the Google Ads API sends them: GoogleAdsFailure in an error, or beside the results of a request. */
import type { Answer } from '../../contract.ts';
import { newId } from '../../world.ts';
import { itemCodes, requestCodes } from './ads-codes.ts';
import type { Call } from './ads-codes.ts';

/** What is wrong with one item. `field` is a path in snake case below the item, or empty. */
export interface ItemProblem { index: number; field: string; code: string; trigger?: string }

const failureType = 'type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure';
export const requestId = (): string => newId().slice(0, 22);

/** The Status in partialFailureError. Its message tells of the first failure alone. */
export function partialFailure(problems: ItemProblem[], call: Call, id: string): Record<string, unknown> {
  const codes: Record<string, { category: string; message: string }> = itemCodes[call];
  const errors = problems.map(({ index, field, code, trigger }) => ({
    errorCode: { [codes[code]!.category]: code },
    message: codes[code]!.message,
    ...(trigger === undefined ? {} : { trigger: { stringValue: trigger } }),
    location: { fieldPathElements: [{ fieldName: call, index }, ...field.split('.').filter(Boolean).map((fieldName) => ({ fieldName }))] },
  }));
  const [first] = problems as [ItemProblem, ...ItemProblem[]];
  const text = `${codes[first.code]!.message}, at ${call}[${first.index}]${first.field ? `.${first.field}` : ''}`;
  return { code: 3, message: problems.length === 1 ? text : `Multiple errors in ‘details’. First error: ${text}`, details: [{ '@type': failureType, errors, requestId: id }] };
}

/** A request that fails as a whole. */
export function requestFailure(code: string, fieldPath: string[] = []): Answer {
  const { http, status, category, message } = requestCodes[code]!;
  const id = requestId();
  const quota = category === 'quotaError' ? { details: { quotaErrorDetails: { rateScope: 'DEVELOPER', rateName: 'Requests per developer token', retryDelay: '30s' } } } : {};
  const error = {
    errorCode: { [category]: code }, message, ...quota,
    ...(fieldPath.length ? { location: { fieldPathElements: fieldPath.map((fieldName) => ({ fieldName })) } } : {}),
  };
  return rpc(http, status, summaries[status] ?? message, [{ '@type': failureType, errors: [error], requestId: id }], id);
}

const summaries: Record<string, string> = {
  INVALID_ARGUMENT: 'Request contains an invalid argument.',
  UNAUTHENTICATED: 'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
  PERMISSION_DENIED: 'The caller does not have permission',
  RESOURCE_EXHAUSTED: 'Resource has been exhausted (e.g. check quota).',
  INTERNAL: 'Internal error encountered.',
};

const rpc = (http: number, status: string, message: string, details: unknown[], id = requestId()): Answer => ({
  status: http, outcome: 'refused', headers: { 'request-id': id },
  body: { error: { code: http, message, status, ...(details.length ? { details } : {}) } },
});

const badCredentials = 'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';
const errorInfo = (reason: string): unknown => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com', metadata: { service: 'googleads.googleapis.com' } });

/** What Google's front end says, before the Google Ads API looks. */
const frontEnd: Record<string, () => Answer> = {
  CREDENTIALS_MISSING: () => rpc(401, 'UNAUTHENTICATED', summaries.UNAUTHENTICATED!, [errorInfo('CREDENTIALS_MISSING')]),
  UNAUTHENTICATED: () => rpc(401, 'UNAUTHENTICATED', badCredentials, [errorInfo('ACCESS_TOKEN_TYPE_UNSUPPORTED')]),
  ACCESS_TOKEN_EXPIRED: () => rpc(401, 'UNAUTHENTICATED', badCredentials, [errorInfo('ACCESS_TOKEN_EXPIRED')]),
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: () => rpc(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.', [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT')]),
  PERMISSION_DENIED: () => rpc(403, 'PERMISSION_DENIED', summaries.PERMISSION_DENIED!, []),
  BAD_GATEWAY: () => ({ status: 502, outcome: 'refused', body: '<!DOCTYPE html><title>Error 502 (Server Error)!!1</title>' }),
  UNAVAILABLE: () => rpc(503, 'UNAVAILABLE', 'The service is currently unavailable.', []),
  DEADLINE_EXCEEDED: () => rpc(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.', []),
};

/** JSON that does not fit the message types. */
export const invalidPayload = (violations: Array<{ field: string; description: string }>): Answer => rpc(
  400, 'INVALID_ARGUMENT', violations.map((one) => one.description).join('\n'),
  [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations.map(({ field, description }) => (field ? { field, description } : { description })) }],
);

/** A code of an item fails every item of the request. A code that both calls know follows the path; one that is known to a single call needs none. */
export function errorOfCode(code: string, path: string, itemCount: number): Answer | null {
  const early = frontEnd[code];
  if (early) return early();
  if (requestCodes[code]) return requestFailure(code);
  const asked: Call = path.endsWith(':uploadConversionAdjustments') ? 'conversion_adjustments' : 'conversions';
  const call = ([asked, 'conversions', 'conversion_adjustments'] as const).find((one) => code in itemCodes[one]);
  if (!call) return null;
  const items = Array.from({ length: Math.max(1, itemCount) }, (_, index) => index);
  const id = requestId();
  return { status: 200, outcome: 'refused', headers: { 'request-id': id }, body: { partialFailureError: partialFailure(items.map((index) => ({ index, field: '', code })), call, id), results: items.map(() => ({})) } };
}
