/** Graph API error bodies, as Meta words them. */
import type { Answer } from '../../contract.ts';
import { newId } from '../../world.ts';

interface GraphError {
  code: number;
  subcode?: number;
  message: string;
  type?: string;
  status?: number;
  transient?: boolean;
  headers?: Record<string, string>;
  title?: string;
  text?: string;
}

export const fbtraceId = (): string => `A${newId().slice(0, 22)}`;

export function graphError(error: GraphError): Answer {
  const { code, subcode, message, type = 'OAuthException', status = 400, transient, headers, title, text } = error;
  return {
    status,
    outcome: 'refused',
    headers: { 'www-authenticate': `OAuth "Facebook Platform" "invalid_request" "${message.replace(/[^\x20-\x7e]|"/g, "'")}"`, ...headers },
    body: {
      error: {
        message, type, code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(transient === undefined ? {} : { is_transient: transient }),
        ...(title === undefined ? {} : { error_user_title: title, error_user_msg: text }),
        fbtrace_id: fbtraceId(),
      },
    },
  };
}

/** What is wrong with an event: always code 100 "Invalid parameter", told apart by the subcode. */
export const invalid = (subcode: number, title: string, text: string): Answer =>
  graphError({ code: 100, subcode, message: 'Invalid parameter', transient: false, title, text });

export const parameterError = (text: string): Answer => invalid(2804019, 'Server Side Api Parameter Error', text);

export const noSuchObject = (id: string): Answer => graphError({
  code: 100, subcode: 33, type: 'GraphMethodException',
  message: `Unsupported post request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
});

const transient = { status: 500, transient: true } as const;

/** Rate limits say how far they are exceeded, and of the business use cases when that ends, in minutes. */
const usage = { call_count: 100, total_cputime: 25, total_time: 25 };
const limited = {
  transient: true,
  headers: {
    'x-app-usage': JSON.stringify(usage),
    'x-business-use-case-usage': JSON.stringify({ 1234567890123456: [{ type: 'ads_management', ...usage, estimated_time_to_regain_access: 1 }] }),
  },
} as const;

/** Codes that a fault can ask for, `code` or `code/subcode`. */
const byCode: Record<string, Omit<GraphError, 'code' | 'subcode'>> = {
  '1': { ...transient, message: 'An unknown error occurred' },
  '2': { ...transient, message: 'Service temporarily unavailable' },
  '3': { message: 'Application does not have the capability to make this API call.' },
  '4': { status: 403, ...limited, message: '(#4) Application request limit reached' },
  '10': { status: 403, message: '(#10) Application does not have permission for this action' },
  '17': { ...limited, message: '(#17) User request limit reached' },
  '32': { ...limited, message: '(#32) Page request limit reached' },
  '33': { type: 'GraphMethodException', message: 'This object does not exist or does not support this action' },
  '100': { transient: false, message: 'Invalid parameter' },
  '100/33': { type: 'GraphMethodException', message: "Unsupported post request. Object with ID '0' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api" },
  '100/2804003': {
    transient: false, message: 'Invalid parameter', title: 'Event Timestamp Too Old',
    text: 'The timestamp for this event is too far in the past. Events need to be sent from your server within 7 days of when they occurred. Enter a timestamp that has occurred within the last 7 days.',
  },
  '190': { status: 401, message: 'Invalid OAuth access token - Cannot parse access token' },
  '190/460': { status: 400, message: 'Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.' },
  '190/463': { status: 400, message: 'Error validating access token: Session has expired on Thursday, 01-Oct-26 10:00:00 PDT. The current time is Friday, 02-Oct-26 10:00:00 PDT.' },
  '190/467': { status: 400, message: 'Error validating access token: The session is invalid because the user logged out.' },
  '200': { status: 403, message: '(#200) Permissions error' },
  '341': { ...limited, message: '(#341) Application limit reached' },
  '368': { status: 403, message: 'The action attempted has been deemed abusive or is otherwise disallowed' },
  '613': { ...limited, message: '(#613) Calls to this api have exceeded the rate limit.' },
  '5000': { ...transient, message: 'Unknown error' },
  '21009': { ...transient, message: 'The data set is temporarily not ready' },
  '80004': { ...limited, message: '(#80004) There have been too many calls to this ad-account. Wait a bit and try again.' },
};

export function errorOfCode(wanted: string): Answer | null {
  const [code, subcode] = wanted.split('/').map(Number);
  if (code === undefined || !Number.isInteger(code)) return null;
  const family = code >= 80_000 && code <= 80_014 ? { ...limited, message: `(#${code}) There have been too many calls. Wait a bit and try again.` } : undefined;
  const known = byCode[wanted] ?? byCode[String(code)] ?? family ?? { message: `(#${code}) An error occurred` };
  return graphError({ code, ...(subcode ? { subcode } : {}), ...known });
}
