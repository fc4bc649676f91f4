import { indexIn, type RpcError } from '../google/rpc.ts';
import { asArray, asObject, asText } from '../json-body.ts';

/** One error of a GoogleAdsFailure. */
export interface Failure {
  /** The name in its enum: `TOO_RECENT_EVENT`. */
  code: string;
  message: string | null;
  /** Which conversion of the request it is about; null where it is about all of them. */
  index: number | null;
  /** `QuotaErrorDetails.retryDelay`. */
  retryDelay: string | null;
}

/** The errors of a failed request, by conversion; those of a request that could not even be read come from BadRequest. */
export const failuresIn = ({ details, violations }: RpcError): Failure[] => [
  ...details.flatMap((detail) => asArray(detail['errors'])).map((error) => failureOf(asObject(error) ?? {})),
  ...violations.map(({ field, description }) => ({ code: 'INVALID_ARGUMENT', message: description, index: indexIn(field), retryDelay: null })),
];

const failureOf = (error: Record<string, unknown>): Failure => {
  const path = asArray(asObject(error['location'])?.['fieldPathElements']).map((element) => asObject(element) ?? {});
  const row = path.find(({ fieldName }) => /^(?:conversions|operations|conversion_?adjustments)$/i.test(asText(fieldName) ?? ''));
  const quota = asObject(asObject(error['details'])?.['quotaErrorDetails']);
  return {
    code: Object.values(asObject(error['errorCode']) ?? {}).map(asText).find((code) => code !== null) ?? 'UNKNOWN',
    message: asText(error['message']),
    // An index of 0 is a default, which some of Google's encoders leave out.
    index: row ? Number(asText(row['index'] ?? 0) ?? Number.NaN) : null,
    retryDelay: asText(quota?.['retryDelay']),
  };
};
