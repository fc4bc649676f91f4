/** The HTTP server: finds the platform by the first part of the path, lets a fault or the platform answer, keeps the log. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Platform, SandboxRequest } from './contract.ts';
import { parseJson } from './checks.ts';
import { control } from './control.ts';
import type { Fault } from './faults.ts';
import { platformOfHost, platforms } from './platforms/index.ts';
import { hang, reset, send, sendSlowly, wait } from './reply.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

/** Port 0 takes a free one. `close` ends connections that hang. */
export async function startSandbox(port = 0): Promise<{ origin: string; close(): Promise<void> }> {
  const world = createWorld(platforms);
  const server = createServer((req, res) => {
    serve(req, res, world).catch((error: unknown) => {
      if (!res.headersSent) send(res, { status: 500, body: { error: `sandbox: ${String(error)}` } });
      else res.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function serve(req: IncomingMessage, res: ServerResponse, world: World): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://sandbox');
  const text = await readText(req);
  const [, host = '', ...rest] = url.pathname.split('/');
  if (host === '_sandbox') return send(res, control(req.method ?? 'GET', rest.join('/'), url.searchParams, text, world));
  const platform = platformOfHost(host);
  if (!platform) return send(res, { status: 404, body: { error: `the sandbox has no platform at the host ${JSON.stringify(host)}` } });
  const request = { method: req.method ?? 'GET', path: `/${decode(rest.join('/'))}`, query: url.searchParams, headers: req.headers, text };
  await answer(res, platform, request, world);
}

async function answer(res: ServerResponse, platform: Platform, request: SandboxRequest, world: World): Promise<void> {
  let fault = world.faults.take(platform.name, request, platform.identify(request, world));
  const own = !fault || needsOwnAnswer(fault) ? platform.handle(request, world) : null;
  if (fault?.afterAccept && own?.outcome !== 'accepted') {
    world.faults.putBack(fault);
    fault = null;
  }
  const final = fault ? faultAnswer(fault, platform, request, world, own) : own!;
  world.log({
    platform: platform.name, method: request.method, path: request.path, query: Object.fromEntries(request.query),
    body: parseJson(request.text) ?? request.text, status: final === 'hang' || final === 'reset' ? null : final.status,
    valid: own ? own.outcome !== 'refused' : null, fault: fault?.id ?? null,
  });
  const how = fault?.answer;
  if (how && 'delayMs' in how && how.delayMs) await wait(how.delayMs, res);
  if (final === 'hang') return hang(res);
  if (final === 'reset') return reset(res);
  if (how && 'slowBody' in how) return sendSlowly(res, final, how.slowBody.bytesPerSecond);
  send(res, final);
}

/** Whether the platform looks at the request although a fault decides the answer. */
const needsOwnAnswer = ({ afterAccept, answer: how }: Fault): boolean =>
  afterAccept || 'slowBody' in how || ('delayMs' in how && !('status' in how) && !('code' in how));

function faultAnswer(fault: Fault, platform: Platform, request: SandboxRequest, world: World, own: Answer | null): Answer | 'hang' | 'reset' {
  const how = fault.answer;
  if ('hang' in how) return 'hang';
  if ('reset' in how) return 'reset';
  if ('status' in how) return { status: how.status, headers: how.headers, body: how.body ?? '', outcome: 'refused' };
  if ('code' in how) return platform.fail(how.code, request, world)!;
  return own!;
}

const bodyMaxBytes = 8 * 1024 * 1024;

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyMaxBytes) throw new Error('the request is over 8 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
