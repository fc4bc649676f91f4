#!/usr/bin/env node
/** The `tributary` command: from a checkout the TypeScript beside it, from an installation what `npm run build` made. */
import { existsSync } from 'node:fs';

const source = new URL('../cli/main.ts', import.meta.url);
const built = new URL('../dist/cli/main.js', import.meta.url);

if (existsSync(source)) {
  // Under `node --import tsx` a loader is there already; a second one would compile every file twice.
  if (!process.execArgv.some((arg) => arg.includes('tsx'))) {
    const tsx = await import('tsx/esm/api').catch(() => null);
    if (!tsx) {
      console.error('The packages are not installed yet: run `npm ci` in this folder first.');
      process.exit(1);
    }
    tsx.register();
  }
  await import(source.href);
} else {
  await import(built.href);
}
