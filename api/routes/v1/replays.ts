import type { Router } from '@koa/router';
import type { ApiDeps } from '../../deps.ts';
import { beginReplay, replayBody, replayResultsPage, replayResultsQuery, showReplay, steerBody, steerReplay } from '../../v1/replays.ts';
import { readJson, readQuery } from '../../v1/request.ts';

/** `/api/v1/replays`: sending again, over many conversions. */
export function replayRoutes(router: Router, deps: ApiDeps): void {
  router.post('/replays', async (ctx) => {
    ctx.status = 202;
    ctx.body = await beginReplay(deps, await readJson(ctx, replayBody), ctx.state.who as string);
  });
  router.get('/replays/:id', async (ctx) => {
    ctx.body = await showReplay(deps, ctx.params.id!);
  });
  router.get('/replays/:id/results', async (ctx) => {
    ctx.body = await replayResultsPage(deps.db, ctx.params.id!, readQuery(ctx, replayResultsQuery));
  });
  for (const what of ['pause', 'resume', 'cancel'] as const) {
    router.post(`/replays/:id/${what}`, async (ctx) => {
      const { why } = await readJson(ctx, steerBody);
      ctx.status = 202;
      ctx.body = await steerReplay(deps, ctx.params.id!, what, ctx.state.who as string, why);
    });
  }
}
