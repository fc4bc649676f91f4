import { Router } from '@koa/router';
import { newId } from '../../store/ids.ts';
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
    const receivedAt = deps.now();
    const taken = await takePostback(deps, {
      id: newId(receivedAt.getTime()),
      postbackKey: ctx.params.postbackKey!,
      network: ctx.params.network!,
      method,
      query: queryOf(req.url ?? ''),
      contentType: req.headers['content-type'] ?? null,
      ip: clientAddress(req, deps.trustedProxies),
      userAgent: req.headers['user-agent'] ?? null,
      receivedAt,
      readBody: () => readBody(req, deps.config.bodyMaxBytes),
    });
    if (taken.kept === 'unchecked') {
      deps.log.warn({ postbackId: taken.id }, 'postback spooled, to be checked');
    } else {
      const { _id: postbackId, propertyId, network, conversionId } = taken.postback;
      deps.log.info({ postbackId, propertyId, network, conversionId }, `postback ${taken.kept}`);
      if (taken.kept === 'stored' && conversionId !== null) {
        // After the answer, so that no caller ever waits for Temporal; `close` comes even where the caller has gone.
        ctx.res.once('close', () => deps.starter.offer({ conversionId, propertyId, network }, { postbackId }));
      }
    }
    ctx.type = 'text/plain';
    ctx.body = 'OK';
  });
  return router;
}
