/** The control API under /_sandbox/: faults, what was accepted, accounts, settings. */
import { z } from 'zod';
import { parseJson } from './checks.ts';
import { platformNames } from './contract.ts';
import { faultSchema } from './faults.ts';
import { platformNamed } from './platforms/index.ts';
import type { World } from './world.ts';

const accountSchema = z.strictObject({
  platform: z.enum(platformNames),
  account: z.string().min(1),
  tokens: z.array(z.string().min(1)).default([]),
  conversionActions: z.array(z.union([
    z.string().transform((id) => ({ id, name: id })),
    z.strictObject({ id: z.string(), name: z.string() }),
  ])).default([]),
  secret: z.string().optional(),
  publicKey: z.string().optional(),
});

const settingsSchema = z.strictObject({
  processingMs: z.number().int().min(0).optional(),
  clockOffsetMs: z.number().int().optional(),
  tokenTtlMs: z.number().int().min(0).optional(),
  keepBodies: z.boolean().optional(),
});

export type AccountInput = z.input<typeof accountSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;

interface Call {
  input: unknown;
  platform: string | null;
  world: World;
}
type Reply = { status: number; body: unknown };

const routes: Record<string, (call: Call) => Reply> = {
  'POST faults': ({ input, world }) => withInput(faultSchema, input, (fault) => {
    const { answer, platform } = fault;
    const probe = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, text: '' };
    if ('code' in answer && !platformNamed(platform).fail(answer.code, probe, world)) return bad(`${platform} has no code ${answer.code}`);
    return { status: 201, body: { id: world.faults.add(fault) } };
  }),
  'GET faults': ({ world }) => ok(world.faults.list()),
  'DELETE faults': ({ world }) => done(() => world.faults.clear()),
  'GET accepted': ({ platform, world }) => ok(world.accepted.filter((event) => !platform || event.platform === platform)),
  'GET requests': ({ platform, world }) => ok(world.requests.filter((request) => !platform || request.platform === platform)),
  'GET totals': ({ world }) => ok(world.totals()),
  'DELETE state': ({ world }) => done(() => world.reset()),
  'POST accounts': ({ input, world }) => withInput(accountSchema, input, ({ platform, ...account }) => {
    world.setAccount(platform, account);
    return ok({ platform, account: account.account });
  }),
  'GET settings': ({ world }) => ok(world.settings),
  'POST settings': ({ input, world }) => withInput(settingsSchema, input, (settings) => {
    Object.assign(world.settings, settings);
    return ok(world.settings);
  }),
};

export function control(method: string, path: string, query: URLSearchParams, text: string, world: World): Reply {
  const route = routes[`${method} ${path}`];
  if (!route) return { status: 404, body: { error: `no such call; there are: ${Object.keys(routes).join(', ')}` } };
  const platform = query.get('platform');
  if (platform && !platformNames.some((name) => name === platform)) return bad(`no such platform; there are: ${platformNames.join(', ')}`);
  return route({ input: parseJson(text), platform, world });
}

function withInput<S extends z.ZodType>(schema: S, input: unknown, use: (value: z.output<S>) => Reply): Reply {
  const parsed = schema.safeParse(input);
  return parsed.success ? use(parsed.data) : bad(z.prettifyError(parsed.error));
}

const ok = (body: unknown): Reply => ({ status: 200, body });
const done = (action: () => void): Reply => {
  action();
  return ok({ done: true });
};
const bad = (error: string): Reply => ({ status: 400, body: { error } });
