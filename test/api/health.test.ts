import { expect, test } from 'vitest';
import { startApi } from './harness.ts';

test('healthz says that the process lives, readyz that both servers answer', async () => {
  const api = await startApi();
  expect(await (await fetch(`${api.url}/healthz`)).json()).toEqual({ ok: true });
  const ready = await fetch(`${api.url}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ ready: true, mongodb: { ok: true }, temporal: { ok: true }, warnings: [] });
  await api.close();
});
