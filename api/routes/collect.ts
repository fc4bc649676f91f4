import { Router } from '@koa/router';
import { clientAddress } from '../client-address.ts';
import type { ApiDeps } from '../deps.ts';
import { takePostback } from '../intake.ts';
import { methodNotAllowed } from '../problem.ts';
import { readBody } from '../read-body.ts';
import { queryOf } from '../request-url.ts';

/** `GET|POST /:postbackKey/collect/:network`: the postback URL that a network calls. */
export function collectRoutes(deps: ApiDeps): Router {
  const router = new Router();
  router.all('/:postbackKey/collect/:network', async (ctx) => {
    const { method, req } = ctx;
    if (method !== 'GET' && method !== 'POST') throw methodNotAllowed(method, 'GET, POST');
    const { _id: postbackId, propertyId, network, conversionId } = await takePostback(deps, {
      postbackKey: ctx.params.postbackKey!,
      network: ctx.params.network!,
      method,
      query: queryOf(req.url ?? ''),
      contentType: req.headers['content-type'] ?? null,
      ip: clientAddress(req, deps.trustedProxies),
      userAgent: req.headers['user-agent'] ?? null,
      receivedAt: deps.now(),
      readBody: () => readBody(req, deps.config.bodyMaxBytes),
    });
    deps.log.info({ postbackId, propertyId, network, conversionId }, 'postback stored');
    if (conversionId !== null) {
      // After the answer, so that no caller ever waits for Temporal; `close` comes even where the caller has gone.
      ctx.res.once('close', () => deps.starter.offer({ conversionId, propertyId, network }, { postbackId }));
    }
    ctx.type = 'text/plain';
    ctx.body = 'OK';
  });
  return router;
}
