/** A tracker's postback: GET, or POST of a form. A later one of the same transaction with another status or payout replaces the first. */
import type { Answer, SandboxRequest } from '../../contract.ts';
import { isCurrency } from '../../checks.ts';
import type { World } from '../../world.ts';
import { errorText, refuse } from './errors.ts';
import { shapeOf } from './shapes.ts';
import type { Shape } from './shapes.ts';

export const trackerAccount = 'tracker.example';

interface Conversion {
  clickId: string;
  transactionId: string | null;
  status: string;
  payout: number | null;
  currency: string | null;
}

export function paramsOf({ method, query, headers, text }: SandboxRequest): URLSearchParams {
  const isForm = method === 'POST' && headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return new URLSearchParams([...query, ...(isForm ? new URLSearchParams(text) : [])]);
}

export function track(request: SandboxRequest, world: World): Answer {
  const params = paramsOf(request);
  const shape = shapeOf(request.path, params);
  if (!shape) return errorText('no click id');
  const problem = problemOf(params, shape);
  if (problem) return shape.errorsInText ? errorText(problem) : refuse(problem === 'click not found' ? 404 : 400, problem);
  record(read(params, shape), shape, Object.fromEntries(params), world);
  return { status: 200, outcome: 'accepted', body: shape.success };
}

function problemOf(params: URLSearchParams, shape: Shape): string | null {
  // Braces, in clear or encoded twice, are a macro that nobody replaced.
  const macro = [...params].find(([, value]) => /[{}]|%7[BD]/i.test(value));
  if (macro) return `unresolved macro in ${macro[0]}`;
  const clickId = params.get(shape.needs[0]!)!.trim();
  if (clickId === '') return `${shape.needs[0]} is empty`;
  // The fake issued no click ids, so it knows all of them but these.
  if (clickId.startsWith('unknown')) return 'click not found';
  const payout = params.get(shape.payout);
  if (payout && !/^\d+(\.\d+)?$/.test(payout)) return `${shape.payout} is not a number`;
  const currency = params.get(shape.currency);
  if (currency && !isCurrency(currency.toUpperCase())) return `${shape.currency} is not a currency`;
  const status = params.get(shape.status);
  return status && shape.statuses && !shape.statuses.includes(status) ? `unknown status ${status}` : null;
}

/** An empty parameter is an absent one. */
const read = (params: URLSearchParams, shape: Shape): Conversion => ({
  clickId: params.get(shape.needs[0]!)!,
  transactionId: (shape.transaction && params.get(shape.transaction)) || null,
  status: params.get(shape.status) || shape.statusWithout,
  payout: params.get(shape.payout) ? Number(params.get(shape.payout)) : null,
  currency: params.get(shape.currency)?.toUpperCase() || null,
});

const isRejection = (status: string): boolean => /^(reject|trash|declin|cancel)/i.test(status);

function record(conversion: Conversion, { tracker }: Shape, body: unknown, world: World): void {
  const { clickId, transactionId, status, payout, currency } = conversion;
  const seen = world.memory<string>('tracker conversions');
  const key = JSON.stringify([tracker, clickId, transactionId]);
  const state = JSON.stringify([status, payout, currency]);
  const earlier = seen.get(key);
  seen.set(key, state);
  const isFirst = earlier === undefined;
  world.accept({
    platform: 'webhook', account: trackerAccount, event: status, eventId: null, transactionId: transactionId ?? clickId,
    eventTime: new Date(world.now()).toISOString(), value: payout, currency,
    counted: isFirst && !isRejection(status),
    ...(isFirst || earlier === state ? {} : { adjusted: true }),
    ...(isFirst && isRejection(status) ? { reason: status } : {}),
    body,
  });
}
