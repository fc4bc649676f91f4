import type { Router } from '@koa/router';
import type { Context } from 'koa';
import type { Operation } from '../../../contracts/conversion.ts';
import type { ApiDeps } from '../../deps.ts';
import { conversionsPage, conversionsQuery, showConversion } from '../../v1/conversions.ts';
import { attachBody, cancelBody, operate, reprocessBody, retryBody, statusBody } from '../../v1/operations.ts';
import { operationIdOf, readJson, readQuery } from '../../v1/request.ts';

/** `/api/v1/conversions`: the list, one of them, and what an operator does to it. */
export function conversionRoutes(router: Router, deps: ApiDeps): void {
  const { db } = deps;
  const act = (ctx: Context, operation: Operation, why: string) =>
    operate(deps, ctx.params.id as string, operation, { who: ctx.state.who as string, why }, operationIdOf(ctx));

  router.get('/conversions', async (ctx) => {
    ctx.body = await conversionsPage(db, readQuery(ctx, conversionsQuery));
  });
  router.get('/conversions/:id', async (ctx) => {
    ctx.body = await showConversion(db, ctx.params.id!);
  });
  router.post('/conversions/:id/retry', async (ctx) => {
    const { why, ...asked } = await readJson(ctx, retryBody);
    ctx.body = await act(ctx, { kind: 'retryDeliveries', ...asked }, why);
  });
  router.post('/conversions/:id/attach', async (ctx) => {
    const { why, clickId } = await readJson(ctx, attachBody);
    ctx.body = await act(ctx, { kind: 'attachClick', clickId }, why);
  });
  router.post('/conversions/:id/status', async (ctx) => {
    const { why, ...said } = await readJson(ctx, statusBody);
    ctx.body = await act(ctx, { kind: 'setStatus', ...said }, why);
  });
  router.post('/conversions/:id/cancel', async (ctx) => {
    const { why, key } = await readJson(ctx, cancelBody);
    ctx.body = await act(ctx, { kind: 'cancelDelivery', key }, why);
  });
  router.post('/conversions/:id/reprocess', async (ctx) => {
    const { why, apply } = await readJson(ctx, reprocessBody);
    ctx.body = { applied: apply, ...(await act(ctx, { kind: 'reprocess', apply }, why)) };
  });
}
