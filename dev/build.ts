import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWorkflowBundle } from '../worker/bundle.ts';

/**
 * `npm run build [folder]`: the product as plain JavaScript in dist/, so that production needs neither tsx nor the compiler,
 * and the workflow bundle beside it, so that a worker does not bundle at every start.
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = resolve(root, process.argv[2] ?? 'dist');

function compile(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status, error } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir], { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

async function bundleWorkflows(): Promise<string> {
  const { code } = await buildWorkflowBundle();
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, 'workflow-bundle.js'), code);
  return `${Math.round(code.length / 1024)} KiB`;
}

/** Files of an earlier build must not live on in a new one; but a folder that no build made is not ours to empty. */
function emptyOutDir(): void {
  const ours = outDir === join(root, 'dist') || existsSync(join(outDir, 'workflow-bundle.js'));
  if (existsSync(outDir) && !ours) {
    console.error(`${outDir} exists and is not an earlier build: name another folder.`);
    process.exit(1);
  }
  rmSync(outDir, { recursive: true, force: true });
}

emptyOutDir();
compile();
const size = await bundleWorkflows();
console.log(`Built ${outDir} (workflow bundle ${size}).`);
