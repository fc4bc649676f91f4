/** Where outgoing webhooks and postbacks go: a receiver of signed JSON (POST /hook) and a tracker (/postback, /click.php). Both hosts serve all paths. */
import type { Platform } from '../../contract.ts';
import { isObject, isText, parseJson } from '../../checks.ts';
import { errorOfCode, notFoundPage, refuse } from './errors.ts';
import { fieldsOf, receive } from './receiver.ts';
import { isTrackerPath, shapeOf } from './shapes.ts';
import { paramsOf, track, trackerAccount } from './tracker.ts';

const texts = (...values: unknown[]): string[] => values.filter(isText);

export const webhook: Platform = {
  name: 'webhook',
  hosts: ['receiver.example', trackerAccount],
  accounts: [
    { account: 'receiver.example', tokens: [], conversionActions: [], secret: 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0wMQ==' },
    { account: trackerAccount, tokens: [], conversionActions: [] },
  ],
  identify(request) {
    const body = parseJson(request.text);
    if (isObject(body)) {
      const { event, transactionId } = fieldsOf(body);
      return { events: texts(event), eventIds: texts(request.headers['webhook-id']), transactionIds: texts(transactionId) };
    }
    const params = paramsOf(request);
    const shape = shapeOf(request.path, params);
    if (!shape) return { events: [], eventIds: [], transactionIds: [] };
    return {
      events: [params.get(shape.status) || shape.statusWithout],
      eventIds: [],
      transactionIds: texts(shape.transaction && params.get(shape.transaction), params.get(shape.needs[0]!)),
    };
  },
  fail: (code) => errorOfCode(code),
  handle(request, world) {
    const { method, path } = request;
    if (path === '/hook') return method === 'POST' ? receive(request, world) : refuse(405, 'Method Not Allowed');
    if (!isTrackerPath(path)) return notFoundPage();
    return method === 'GET' || method === 'POST' ? track(request, world) : refuse(405, 'Method Not Allowed');
  },
};
