/**
 * Taboola S2S: GET /actions-handler/log/3/s2s-action for one conversion, POST /{account}/log/3/bulk-s2s-action for many. No authentication.
 * Only the postback is validated, and of it only the click id and the name; everything else is taken with 204 and lost if it is wrong.
 */
import type { Answer, Platform, SandboxRequest } from '../../contract.ts';
import { day, isObject, isText, parseJson, textsOf } from '../../checks.ts';
import type { World } from '../../world.ts';
import { accepted, badRequest, dropped, errorOfCode } from './errors.ts';
import { bulkAction, isClickId, postbackAction } from './rules.ts';
import type { Action } from './rules.ts';

const postbackPath = '/actions-handler/log/3/s2s-action';
const bulkPath = /^\/(\d+)\/log\/3\/bulk-s2s-action$/;
/** Taboola does not say how long an order id stays known: the longest click-through window is taken. */
const dedupeMs = 30 * day;

export const taboola: Platform = {
  name: 'taboola',
  hosts: ['trc.taboola.com'],
  accounts: [{
    account: '1234567', tokens: [],
    conversionActions: ['Lead', 'Purchase', 'lead', 'purchase', 'make_purchase', 'complete_registration'].map((name) => ({ id: name, name })),
  }],
  identify({ query, text }) {
    const root = parseJson(text);
    const actions = isObject(root) ? root.actions : null;
    return {
      events: [...query.getAll('name'), ...textsOf(actions, 'name')],
      eventIds: [],
      transactionIds: [...query.getAll('orderid'), ...textsOf(actions, 'orderid')],
    };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    const bulkAccount = bulkPath.exec(request.path)?.[1];
    if (request.method === 'GET' && request.path === postbackPath) return postback(request, world);
    if (request.method === 'POST' && bulkAccount) return bulk(bulkAccount, request, world);
    return badRequest('Bad Request');
  },
};

function postback({ query }: SandboxRequest, world: World): Answer {
  if (!isText(query.get('click-id'))) return badRequest('click-id is missing');
  if (!isClickId(query.get('click-id'))) return badRequest('click-id is not parsable');
  if (!isText(query.get('name'))) return badRequest('name is missing');
  const action = postbackAction(query, world.now());
  // The click id tells Taboola the account; here it is the account that has an event of this name.
  const owner = world.accounts('taboola').find(({ conversionActions }) => conversionActions.some(({ name }) => name === action?.name));
  if (!action || !owner) return dropped();
  record(action, owner.account, Object.fromEntries(query), world);
  return accepted();
}

/** Each action stands for itself. The answer never tells, so one lost action is enough for the log to say so. */
function bulk(account: string, { headers, text }: SandboxRequest, world: World): Answer {
  const root = parseJson(text);
  const isJson = headers['content-type']?.startsWith('application/json');
  if (!isJson || !isObject(root) || !Array.isArray(root.actions) || root.actions.length === 0) return dropped();
  const names = world.account('taboola', account)?.conversionActions.map(({ name }) => name) ?? [];
  let lost = 0;
  for (const sent of root.actions as unknown[]) {
    const action = bulkAction(sent, world.now());
    if (action && names.includes(action.name)) record(action, account, sent, world);
    else lost += 1;
  }
  return lost === 0 ? accepted() : dropped();
}

function record({ name, atMs, revenue, currency, orderId }: Action, account: string, body: unknown, world: World): void {
  world.accept({
    platform: 'taboola', account, event: name, eventId: null, transactionId: orderId,
    eventTime: new Date(atMs).toISOString(), value: revenue, currency,
    counted: world.firstWithin(orderId === null ? null : JSON.stringify(['taboola', account, name, orderId]), dedupeMs),
    body,
  });
}
