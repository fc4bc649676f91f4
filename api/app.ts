import Koa from 'koa';
import type { ApiDeps } from './deps.ts';
import { problems } from './problem.ts';
import { normaliseUrl } from './request-url.ts';
import { clickRoutes } from './routes/clicks.ts';
import { collectRoutes } from './routes/collect.ts';
import { healthRoutes } from './routes/health.ts';
import { v1Routes } from './routes/v1/v1.ts';

/** The API, from the outside in. */
export function createApp(deps: ApiDeps): Koa {
  const app = new Koa();
  app.use(problems(deps.log));
  app.use(normaliseUrl);
  app.use(healthRoutes(deps).routes());
  app.use(collectRoutes(deps).routes());
  app.use(clickRoutes(deps).routes());
  app.use(v1Routes(deps).routes());
  return app;
}
