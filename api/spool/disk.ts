import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** What must be on the disk itself, not in its cache, before anybody is answered. */

/** Makes a file's name last: its creation, renaming or removal is an entry of its folder. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The folder, for our eyes only, with every folder above it that was missing. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let each = resolve(folder); each.length >= resolve(first).length; each = dirname(each)) await syncFolder(dirname(each));
}

/** Resolves when the file and its content are on the disk. The file must not exist. */
export async function writeNewFile(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
