import { open, stat, unlink, type FileHandle } from 'node:fs/promises';
import { syncFolder } from './disk.ts';

/** A file is closed when it has grown to this: a drain reads whole files. */
const FILE_MAX_BYTES = 8 * 1024 * 1024;

interface Live {
  path: string;
  handle: FileHandle;
  inode: number;
  bytes: number;
}

export interface Writer {
  /** Resolves with the file that holds the bytes, once they and the file's name are on the disk. What waits at the same time shares one sync. */
  append(bytes: Buffer): Promise<string>;
  /** The file that is written to; any other one of ours never changes again. */
  livePath(): string | null;
  /** Closes the file that is written to, so that it can be drained; the next append begins another. */
  rotate(): Promise<void>;
}

/** Appends to files of a folder. `nextPath` names a file that does not exist. */
export function createWriter(folder: string, nextPath: () => string): Writer {
  let live: Live | null = null;
  let flushing: Promise<void> | null = null;
  let rotations: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  let queue: { bytes: Buffer; resolve: (path: string) => void; reject: (error: unknown) => void }[] = [];

  async function flush(): Promise<void> {
    while (queue.length + rotations.length > 0) {
      const batch = queue;
      queue = [];
      if (batch.length > 0) {
        await write(Buffer.concat(batch.map((each) => each.bytes))).then(
          (path) => batch.forEach((each) => each.resolve(path)),
          (error: unknown) => batch.forEach((each) => each.reject(error)),
        );
      }
      // Between two batches: under load the queue may never be empty.
      const waiting = rotations;
      rotations = [];
      if (waiting.length > 0) {
        await closeLive().then(() => waiting.forEach((each) => each.resolve()), (error: unknown) => waiting.forEach((each) => each.reject(error)));
      }
    }
    flushing = null;
  }

  async function closeLive(): Promise<void> {
    const current = live;
    live = null;
    await current?.handle.close();
  }

  async function write(bytes: Buffer): Promise<string> {
    for (;;) {
      live ??= await begin();
      const current = live;
      let taken: boolean;
      try {
        await current.handle.appendFile(bytes);
        await current.handle.sync();
        // Another process may take this file for one left by the dead, by renaming it, and then reads it. If the name still
        // stands after our sync, whoever takes it later reads these bytes; if not, they may be missed there, so once more.
        taken = await isTaken(current);
      } catch (error) {
        await abandon(current);
        throw error;
      }
      current.bytes += bytes.length;
      if (taken || current.bytes >= FILE_MAX_BYTES) {
        live = null;
        await current.handle.close();
      }
      if (!taken) return current.path;
    }
  }

  async function begin(): Promise<Live> {
    const path = nextPath();
    const handle = await open(path, 'ax', 0o600);
    try {
      await syncFolder(folder);
      return { path, handle, inode: (await handle.stat()).ino, bytes: 0 };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** After a failed write its end is unknown: nothing may follow it in this file. What it held before stays good. */
  async function abandon(current: Live): Promise<void> {
    live = null;
    await current.handle.close().catch(() => undefined); // the error that is thrown is the write's
    if (current.bytes === 0) await unlink(current.path).catch(() => undefined); // an empty file does no harm
  }

  return {
    append: (bytes) =>
      new Promise((resolve, reject) => {
        queue.push({ bytes, resolve, reject });
        flushing ??= flush();
      }),
    livePath: () => live?.path ?? null,
    rotate: () =>
      new Promise((resolve, reject) => {
        rotations.push({ resolve, reject });
        flushing ??= flush();
      }),
  };
}

const isTaken = ({ path, inode }: Live): Promise<boolean> =>
  stat(path).then(({ ino }) => ino !== inode, (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return true;
    throw error;
  });
