import { connect } from 'node:net';
import { Connection } from '@temporalio/client';
import { SearchAttributeType } from '@temporalio/common';
import { searchAttributes } from '../../contracts/search-attributes.ts';
import { assertPortFree, onPort } from '../ports.ts';
import { startProcess, type RunningProcess } from '../processes.ts';
import { firstRoute } from './routes.ts';
import { temporalRoutes } from './temporal-binary.ts';

export interface TemporalOptions {
  /** Where runs are kept; none: in memory. */
  dataFile?: string;
  /** SQLite's `synchronous`: FULL keeps every acknowledged write over a power loss, NORMAL may lose the last ones, OFF survives only a killed process. */
  synchronous: 'OFF' | 'NORMAL' | 'FULL';
  /** A number: there. Null: no UI. Undefined: a free port. */
  uiPort?: number | null;
  /** Undefined: a free port. */
  port?: number;
  logFile: string;
  restart?: boolean;
  /** How long to wait for a wanted port: after a crash the last run may still be ending. */
  portWaitMs?: number;
  env?: NodeJS.ProcessEnv;
  log: (line: string) => void;
}

export interface TemporalServer {
  /** host:port of the frontend. */
  address: string;
  uiUrl: string | null;
  /** Which server was taken, and why not an earlier one of the order. */
  source: string;
  /** Null where the server is not ours. */
  process: RunningProcess | null;
  stop(): Promise<void>;
}

const attributeTypes: Partial<Record<SearchAttributeType, string>> = {
  [SearchAttributeType.KEYWORD]: 'Keyword',
  [SearchAttributeType.KEYWORD_LIST]: 'KeywordList',
  [SearchAttributeType.DATETIME]: 'Datetime',
};

/** Gives a Temporal server: the one of TEMPORAL_ADDRESS, else a development server of our own. Resolves when it is ready. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const env = options.env ?? process.env;
  if (env.TEMPORAL_ADDRESS) {
    const source = 'TEMPORAL_ADDRESS';
    options.log(`Temporal: ${env.TEMPORAL_ADDRESS}, as ${source} says.`);
    return { address: env.TEMPORAL_ADDRESS, uiUrl: env.TEMPORAL_UI_URL || null, source, process: null, stop: async () => {} };
  }
  if (options.port) await assertPortFree(options.port, 'Temporal', 'TEMPORAL_PORT', options.portWaitMs);
  if (options.uiPort) await assertPortFree(options.uiPort, 'the Temporal UI', 'TEMPORAL_UI_PORT', options.portWaitMs);
  const { found, source } = await firstRoute(
    'Temporal server',
    temporalRoutes,
    'Install the Temporal CLI (docs.temporal.io/cli), or start a server yourself and set TEMPORAL_ADDRESS.',
  );
  options.log(`Temporal: ${source}.`);
  return onPort(options.port, (port) => onUiPort(options.uiPort, (uiPort) => start(found.path, port, uiPort, source, options)));
}

const onUiPort = <T>(wanted: number | null | undefined, start: (uiPort: number | null) => Promise<T>): Promise<T> =>
  wanted === null ? start(null) : onPort(wanted, start);

async function start(command: string, port: number, uiPort: number | null, source: string, options: TemporalOptions): Promise<TemporalServer> {
  const address = `127.0.0.1:${port}`;
  const running = await startProcess({
    name: 'Temporal',
    command,
    args: [
      'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error',
      ...(uiPort ? ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)] : ['--headless']),
      ...(options.dataFile ? ['--db-filename', options.dataFile, ...pragmas(options.synchronous)] : []),
      // One partition: this is one machine, and forwarding between partitions only costs latency.
      '--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1',
      '--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1',
      '--dynamic-config-value', 'frontend.namespaceRPS=20000',
      ...Object.values(searchAttributes).flatMap((key) => ['--search-attribute', `${key.name}=${attributeTypes[key.type]}`]),
    ],
    env: () => ({ ...process.env, ...options.env }),
    logFile: options.logFile,
    channel: false,
    isUp: () => isUp(address, port),
    readyTimeoutMs: 30_000,
    restart: options.restart ?? false,
    stopGraceMs: 10_000,
    log: options.log,
  });
  return { address, uiUrl: uiPort ? `http://127.0.0.1:${uiPort}` : null, source, process: running, stop: running.stop };
}

const pragmas = (synchronous: string): string[] => ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', `synchronous=${synchronous}`];

/** Ready is: the namespace answers and knows our search attributes, without which no run starts. */
async function isUp(address: string, port: number): Promise<boolean> {
  if (!(await listening(port))) return false;
  const connection = await Connection.connect({ address, connectTimeout: 2000 }).catch(() => null);
  if (!connection) return false;
  try {
    return await connection.withDeadline(Date.now() + 2000, async () => {
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
      return Object.values(searchAttributes).every((key) => key.name in (customAttributes ?? {}));
    });
  } catch {
    return false; // not yet
  } finally {
    await connection.close();
  }
}

/** A plain TCP look first: a gRPC client that was refused once waits a second before it tries again. */
const listening = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
