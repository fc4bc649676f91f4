import { CliError } from './errors.ts';
import { findApi } from './running.ts';

/** The API process, as the commands for operators ask it: it alone talks to MongoDB and Temporal. */

export interface ApiClient {
  get<T>(path: string, query?: Query): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
}

/** Options that were not given are left out. */
export type Query = Record<string, string | number | boolean | undefined>;

/** Longer than any answer of the API takes, an operation that waits for a worker included. */
const ANSWER_WITHIN_MS = 60_000;

export async function openApi(): Promise<ApiClient> {
  const { url, token } = await findApi(process.env);
  if (token === null) throw new CliError('api_token_missing', 'There is no token for the API: set API_TOKEN to one of the installation.');
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${url.replace(/\/$/, '')}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      // A token is for the address that was meant, not for where that sends us.
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok || answer === null) throw refusal(url, response.status, answer);
    return answer as T;
  };
  return {
    get: (path, query = {}) => call('GET', withQuery(path, query)),
    post: (path, body) => call('POST', path, body),
  };
}

/** An id in an address: conversion ids hold slashes. */
/** The address of one of them; its workflow's id, as the Temporal UI shows it, is taken for its own. */
export const at = (kind: 'conversions' | 'postbacks' | 'replays', id: string, rest = ''): string => `/${kind}/${encodeURIComponent(id.replace(/^(conversion|replay)\//, ''))}${rest}`;

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined).map(([name, value]): [string, string] => [name, String(value)]);
  return given.length > 0 ? `${path}?${new URLSearchParams(given).toString()}` : path;
}

function unreachable(url: string, error: unknown): CliError {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return new CliError('api_timeout', `The API at ${url} did not answer within ${ANSWER_WITHIN_MS / 1000} seconds; what was asked for may have been done.`);
  return new CliError('api_unreachable', `The API at ${url} does not answer (${cause?.code ?? 'no connection'}): start Tributary with \`npm start\`, or set API_URL.`);
}

/** The API's own code and sentence; something else may answer at that address, too. */
function refusal(url: string, status: number, answer: unknown): CliError {
  const { code, detail } = (answer ?? {}) as { code?: unknown; detail?: unknown };
  if (typeof code === 'string' && typeof detail === 'string') return new CliError(code, detail);
  return new CliError('api_unexpected', `What answers at ${url} is not the API of Tributary (HTTP ${status}): set API_URL.`);
}
