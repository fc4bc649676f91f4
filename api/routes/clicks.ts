import { Router } from '@koa/router';
import type { Middleware } from 'koa';
import { recordClick } from '../../store/clicks.ts';
import { waitersFor } from '../../store/conversions.ts';
import { clientAddress } from '../client-address.ts';
import { readClick } from '../click.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem, methodNotAllowed } from '../problem.ts';
import { readBody } from '../read-body.ts';

const BODY_MAX_BYTES = 64 * 1024;
const KEY_SHAPE = /^[0-9A-Za-z]{12}$/;

/** Any site may send clicks, none may read or bring cookies. */
const anyOrigin: Middleware = (ctx, next) => {
  ctx.set('Access-Control-Allow-Origin', '*');
  return next();
};

/** `POST /:tagKey/clicks`: what the browser tag sends when a visitor follows a tagged link. */
export function clickRoutes(deps: ApiDeps): Router {
  const router = new Router();
  router.all('/:tagKey/clicks', anyOrigin, async (ctx) => {
    if (ctx.method === 'OPTIONS') {
      ctx.set({
        'Access-Control-Allow-Methods': 'POST, OPTIONS',
        'Access-Control-Allow-Headers': 'Content-Type',
        'Access-Control-Max-Age': '86400',
      });
      ctx.status = 204;
      return;
    }
    if (ctx.method !== 'POST') throw methodNotAllowed(ctx.method, 'POST, OPTIONS');
    const property = KEY_SHAPE.test(ctx.params.tagKey!) ? await deps.directory.propertyByTagKey(ctx.params.tagKey!) : null;
    if (!property) {
      deps.unknownPaths.count();
      throw new Problem(404, 'property_unknown', 'No property has this tag key.');
    }
    const body = await readBody(ctx.req, BODY_MAX_BYTES);
    if ('refused' in body) {
      throw body.refused === 'too_large'
        ? new Problem(413, 'body_too_large', `A click may have ${BODY_MAX_BYTES} bytes.`)
        : new Problem(415, 'body_encoded', 'Send the click without a content encoding, in UTF-8.');
    }
    const click = readClick(body.bytes, {
      propertyId: property._id,
      ip: clientAddress(ctx.req, deps.trustedProxies),
      userAgent: ctx.req.headers['user-agent'] ?? null,
      acceptLanguage: ctx.req.headers['accept-language'] ?? null,
      receivedAt: deps.now(),
    });
    const isNew = await recordClick(deps.db, click);
    if (isNew) await tellWaiters(deps, property._id, click.clickId);
    ctx.status = 204;
  });
  return router;
}

/**
 * The click is stored by now, and only then its waiters are sought: a conversion writes first what it waits for and then
 * reads the click again, so one of the two sees the other. Where we die in between, the relay finds both.
 */
async function tellWaiters({ db, starter }: ApiDeps, propertyId: string, clickId: string): Promise<void> {
  for (const { conversionId, network } of await waitersFor(db, propertyId, clickId)) {
    starter.offer({ conversionId, propertyId, network }, { clickId });
  }
}
