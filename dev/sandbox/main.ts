/** The sandbox as a process: listens on SANDBOX_PORT (0: a free one), tells its parent the port, ends with its parent. */
import { startSandbox } from './server.ts';

const sandbox = await startSandbox(Number(process.env.SANDBOX_PORT ?? 0));
const port = Number(new URL(sandbox.origin).port);

const end = (): void => void sandbox.close().then(() => process.exit(0));
process.once('SIGINT', end);
process.once('SIGTERM', end);
process.once('disconnect', end);

if (process.send) process.send({ ready: true, port });
else process.stdout.write(`ad platform sandbox on ${sandbox.origin}\n`);
