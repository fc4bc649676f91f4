import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { attempt } from '../../activities/attempt.ts';
import { readyDestination } from '../../activities/destination.ts';
import type { PlatformRequest } from '../../destinations/contract.ts';
import { attemptsOf } from '../../store/attempts.ts';
import { startActivities } from './harness.ts';

let world: Awaited<ReturnType<typeof startActivities>>;
beforeAll(async () => void (world = await startActivities()));
afterAll(() => world.close());
beforeEach(() => world.reset());

const SECRETS = ['sandbox-meta-token', 'sandbox-tiktok-token', 'sandbox-secret', 'sandbox-refresh-token'];
const expectNone = (text: string, secrets: string[]) => {
  for (const secret of secrets) for (const form of [secret, encodeURIComponent(secret)]) expect(text).not.toContain(form);
};

test('no secret is in an attempt, a conversion or a line of the log, at any platform', async () => {
  const conversion = await world.report('status=P');
  const sent: string[] = [];
  world.useHttp({
    ...world.engine.deps.http,
    send: async (request) => {
      sent.push(JSON.stringify(request));
      return world.engine.deps.http.send(request);
    },
  });
  for (const platform of ['meta', 'tiktok', 'google-data-manager'] as const) await world.deliver(conversion, platform);
  const accessToken = /Bearer ([^"]+)"/.exec(sent.join('\n'))![1]!;
  // They were really used, so that their absence means something.
  for (const secret of [...SECRETS, accessToken]) expect(sent.join('\n')).toContain(secret);
  const attempts = JSON.stringify(await attemptsOf(world.store.db, conversion.id));
  expect(attempts).toContain('[secret]');
  expectNone(attempts, [...SECRETS, accessToken]);
  expectNone(JSON.stringify(await world.engine.conversion(conversion.id)), [...SECRETS, accessToken]);
  expectNone(world.logged.join('\n'), [...SECRETS, accessToken]);
  expect(world.logged.length).toBeGreaterThanOrEqual(3);
});

test('a secret that stands in the address, or that the platform says back, is cut out wherever it stands', async () => {
  const secret = 'to/ken "with" signs&more';
  const proof = 'derived-proof-0123456789';
  const ready = readyDestination(await world.destination('meta'), world.engine.keys);
  if ('problem' in ready) throw new Error(ready.problem);
  const request: PlatformRequest = {
    method: 'POST', url: `https://graph.facebook.com/v1?access_token=${encodeURIComponent(secret)}&proof=${proof}`,
    headers: { authorization: `Bearer ${secret}` }, body: JSON.stringify({ access_token: secret, proof }), sent: [{}], secrets: [proof],
  };
  const http = {
    close: async () => {},
    send: async () => ({ status: 400, headers: { 'x-echo': secret, location: request.url }, body: JSON.stringify({ error: `bad token ${secret}`, proof }) }),
  };
  const { outcome } = await attempt(
    { ...world.engine.deps, http }, { ...ready, secrets: [secret] }, { conversionId: 'echo', propertyId: 'p', deliveryKey: 'd', number: 1 }, request, undefined,
    (response) => ({ kind: 'rejected', code: '400', message: `The platform said: ${response.headers['x-echo']}` }),
  );
  const [recorded] = await attemptsOf(world.store.db, 'echo');
  expect(recorded).toMatchObject({ request: { url: 'https://graph.facebook.com/v1?access_token=[secret]&proof=[secret]', headers: { authorization: 'Bearer [secret]' } } });
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), proof];
  for (const text of [recorded!.request.url, recorded!.request.body!, recorded!.response!.body, ...Object.values(recorded!.response!.headers), recorded!.outcome!.message!, JSON.stringify(outcome)]) {
    for (const form of forms) expect(text).not.toContain(form);
  }
  expect(recorded!.outcome!.message).toBe('The platform said: [secret]');
});
