/** Outbrain S2S: GET /unifiedPixel, a tracking pixel. No authentication, no verdict: 2xx to anything, so only the log's `valid` tells. */
import type { Platform, SandboxRequest } from '../../contract.ts';
import { day } from '../../checks.ts';
import type { World } from '../../world.ts';
import { accepted, dropped, errorOfCode, notFound } from './errors.ts';
import { readConversion } from './rules.ts';

/** Outbrain does not say how long an order id stays known: its longest conversion window is taken. */
const dedupeMs = 90 * day;

export const outbrain: Platform = {
  name: 'outbrain',
  hosts: ['tr.outbrain.com'],
  accounts: [{
    account: '00a1b2c3d4e5f60718293a4b5c6d7e8f90', tokens: [],
    conversionActions: ['Lead', 'Purchase', 'lead', 'purchase'].map((name) => ({ id: name, name })),
  }],
  identify: ({ query }) => ({ events: query.getAll('name'), eventIds: [], transactionIds: query.getAll('orderId') }),
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    if (request.path !== '/unifiedPixel') return notFound();
    return request.method === 'GET' && record(request, world) ? accepted() : dropped();
  },
};

/** Whether Outbrain has a conversion of it. The click id tells the marketer; here it is the one that has an event of this name. */
function record({ query }: SandboxRequest, world: World): boolean {
  const conversion = readConversion(query);
  const owner = world.accounts('outbrain').find(({ conversionActions }) => conversionActions.some(({ name }) => name === conversion?.name));
  if (!conversion || !owner) return false;
  const { name, orderId, orderValue, currency } = conversion;
  world.accept({
    platform: 'outbrain', account: owner.account, event: name, eventId: null, transactionId: orderId,
    eventTime: new Date(world.now()).toISOString(), value: orderValue, currency,
    counted: world.firstWithin(orderId === null ? null : JSON.stringify(['outbrain', owner.account, name, orderId]), dedupeMs),
    body: Object.fromEntries(query),
  });
  return true;
}
