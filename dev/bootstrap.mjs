/**
 * Where every npm script begins: `node dev/bootstrap.mjs <entry.ts> [arguments]`. Plain JavaScript on a bare Node, since
 * after a fresh clone nothing is installed: checks Node's version, installs the packages of package-lock.json if what is
 * in node_modules is not exactly those, then runs the TypeScript entry.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules', '.tributary-lock');

function fail(sentence, detail = '') {
  if (detail) console.error(detail);
  console.error(sentence);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 20)) return;
  fail(`Tributary needs Node 20.20 or newer; this is Node ${process.versions.node}.`);
}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** Installs the locked packages unless the stamp in node_modules says that exactly these are there. */
async function installPackages() {
  const wanted = createHash('sha256').update(read(join(root, 'package-lock.json'))).digest('hex');
  if (read(stampFile) === wanted) return;
  console.log('Installing packages (npm ci), about half a minute the first time ...');
  const { code, output } = await run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error', '--include=dev']);
  if (code !== 0) {
    const lastLines = output.trim().split('\n').slice(-15).join('\n');
    fail('npm could not install the packages: this needs access to a package registry once. Its own words are above.', lastLines);
  }
  writeFileSync(stampFile, wanted);
}

/** npm as a child whose output is kept back: on success nobody needs it. */
function run(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => done({ code: 1, output: `${output}${error.message}` }));
    child.on('exit', (code) => done({ code: code ?? 1, output }));
  });
}

checkNode();
await installPackages();
const [, , entry, ...args] = process.argv;
if (!entry) fail('Usage: node dev/bootstrap.mjs <entry.ts> [arguments]');
const path = resolve(root, entry);
if (!existsSync(path)) fail(`${entry} is not part of this checkout.`);
const { register } = await import('tsx/esm/api');
register();
process.argv = [process.argv[0], path, ...args];
await import(pathToFileURL(path).href);
