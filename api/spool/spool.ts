import { readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Logger } from 'pino';
import { randomBase62 } from '../../store/ids.ts';
import { makeFolder, syncFolder, writeNewFile } from './disk.ts';
import { isGone, sayAlive, sayGone } from './owners.ts';
import { decodeRecords, encodeRecord, type RecordKind, type Records, type SpoolRecord } from './record.ts';
import { createWriter } from './writer.ts';

/** Where reports wait that neither MongoDB nor Temporal could take: files of records, synced before anybody is answered. */

/** Calls that nobody could check yet may be anybody's: they leave room for those that were. */
const UNCHECKED_SHARE = 0.5;
const ALIVE_EVERY_MS = 10_000;
const PROBE_BYTES = 64 * 1024;
/** `<time>-<instance>-<number>.<ending>`. Stuck: records that could not be handled. Damaged: files whose disk lost a part. */
const NAME = /^(\d{13})-([0-9A-Za-z]{12})-(\d+)\.(seg|stuck|damaged)$/;

export class SpoolError extends Error {
  readonly code: 'spool_full' | 'spool_refused';
  constructor(code: 'spool_full' | 'spool_refused', message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export interface SpoolState {
  /** Of this process and of those whose files it took over; stuck ones too. */
  records: number;
  bytes: number;
  /** Records that could not be handled, and files of which the disk lost a part. */
  stuck: number;
}

export interface SpoolFile {
  path: string;
  stuck: boolean;
}

export interface Spool {
  /** Resolves when the record is on the disk. Throws SpoolError. */
  append(kind: RecordKind, text: string): Promise<void>;
  /** Files to drain, oldest first: our own and those that ended processes left. None of them is written to any more. */
  files(): Promise<SpoolFile[]>;
  read(file: SpoolFile): Promise<Records>;
  /** All of its records are handled, or lie elsewhere: it goes, or is set aside where the disk lost a part of it. */
  finish(file: SpoolFile, records: Records): Promise<void>;
  /** Keeps records that could not be handled where they hold up nobody. */
  setAside(records: readonly SpoolRecord[]): Promise<void>;
  state(): SpoolState;
  /** Whether a checked report would be taken now: there is room, and the disk takes writes. */
  takes(): Promise<boolean>;
  close(): Promise<void>;
}

interface Counted {
  records: number;
  bytes: number;
  callBytes: number;
}

export async function openSpool({ folder, maxBytes, log }: { folder: string; maxBytes: number; log: Logger }): Promise<Spool> {
  const instance = randomBase62(12);
  const counted = new Map<string, Counted>();
  let othersBytes = 0;
  let number = 0;
  let ready: Promise<void> | null = null;
  let refused: unknown = null;
  /** It was full at this size; with less in it there is room again. */
  let fullAtBytes = maxBytes;

  const nextPath = (ending: string, time = String(Date.now())): string => join(folder, `${time}-${instance}-${++number}.${ending}`);
  const writer = createWriter(folder, () => nextPath('seg'));

  /** The folder may be missing or read-only at the start and right later. Nothing is written before we say that we are here. */
  const prepare = (): Promise<void> =>
    (ready ??= makeFolder(folder).then(() => sayAlive(folder, instance)).catch((error: unknown) => {
      ready = null;
      throw error;
    }));

  const sum = (of: keyof Counted): number => [...counted.values()].reduce((total, each) => total + each[of], 0);
  const add = (path: string, kind: RecordKind, bytes: number): void => {
    const file = counted.get(path) ?? { records: 0, bytes: 0, callBytes: 0 };
    counted.set(path, { records: file.records + 1, bytes: file.bytes + bytes, callBytes: file.callBytes + (kind === 'call' ? bytes : 0) });
  };
  /** Bytes that are on their way to the disk count, too: many callers at once must not go over the bound together. */
  let onTheWay = 0;

  /** Names of the folder; takes over what the ended left. Two who try the same file: one rename succeeds. */
  async function adopt(): Promise<void> {
    othersBytes = 0;
    const gone = new Map<string, boolean>();
    const known = [...counted.keys()];
    const names = (await readdir(folder)).sort();
    // One that another process took for left, or that somebody removed by hand.
    for (const path of known) if (!names.includes(basename(path))) counted.delete(path);
    for (const name of names) {
      const [, time, owner = '', , ending = ''] = NAME.exec(name) ?? [];
      if (!time || owner === instance) continue;
      const path = join(folder, name);
      if (!gone.has(owner)) gone.set(owner, await isGone(folder, owner));
      if (!gone.get(owner)) {
        othersBytes += await stat(path).then(({ size }) => size, () => 0);
        continue;
      }
      const ours = nextPath(ending, time);
      const taken = await rename(path, ours).then(() => true, (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      });
      if (taken) await count(ours);
    }
    for (const [owner, isOver] of gone) if (isOver) await sayGone(folder, owner);
  }

  async function count(path: string): Promise<void> {
    const { records } = decodeRecords(await readFile(path));
    counted.set(path, { records: 0, bytes: 0, callBytes: 0 });
    for (const { kind, bytes } of records) add(path, kind, bytes);
  }

  async function probe(): Promise<void> {
    const path = join(folder, `${instance}-${++number}.probe`);
    try {
      await writeNewFile(path, Buffer.alloc(PROBE_BYTES));
    } finally {
      await rm(path, { force: true });
    }
  }

  const alive = setInterval(() => {
    if (ready) sayAlive(folder, instance).catch((err: unknown) => log.error({ err, folder }, 'the spool folder takes no writes'));
  }, ALIVE_EVERY_MS);
  alive.unref();

  await prepare().then(adopt).catch((err: unknown) => log.error({ err, folder }, 'the spool cannot be used: postbacks are refused while neither MongoDB nor Temporal answers'));

  return {
    async append(kind, text) {
      const record = encodeRecord(kind, text);
      const isCall = kind === 'call';
      const total = sum('bytes') + othersBytes + onTheWay + record.length;
      if (total > maxBytes || (isCall && sum('callBytes') + onTheWay + record.length > maxBytes * UNCHECKED_SHARE)) {
        if (!isCall) fullAtBytes = sum('bytes') + othersBytes;
        throw new SpoolError('spool_full', `The spool has ${total - record.length} of at most ${maxBytes} bytes.`);
      }
      onTheWay += record.length;
      try {
        await prepare();
        add(await writer.append(record), kind, record.length);
        refused = null;
      } catch (error) {
        refused = error;
        throw new SpoolError('spool_refused', 'The disk of the spool takes no writes.', error);
      } finally {
        onTheWay -= record.length;
      }
    },
    async files() {
      await prepare();
      await writer.rotate();
      await adopt();
      const isDue = (path: string): boolean => path !== writer.livePath() && !path.endsWith('.damaged');
      return [...counted.keys()].filter(isDue).sort().map((path) => ({ path, stuck: path.endsWith('.stuck') }));
    },
    async read({ path }) {
      const found = decodeRecords(await readFile(path));
      if (found.tornBytes > 0) log.warn({ path, bytes: found.tornBytes }, 'the last record of a spool file was not written whole and is dropped; its call was not answered');
      return found;
    },
    async finish({ path }, { damagedBytes }) {
      if (damagedBytes > 0) {
        const kept = path.replace(/\.\w+$/, '.damaged');
        log.error({ path: kept, bytes: damagedBytes }, 'the disk lost a part of a spool file; what could be read of it was handled, the file is kept');
        await rename(path, kept);
        counted.set(kept, { records: 0, bytes: (await stat(kept)).size, callBytes: 0 });
      } else {
        await unlink(path);
      }
      counted.delete(path);
      await syncFolder(folder);
    },
    async setAside(records) {
      const path = nextPath('stuck');
      await writeNewFile(path, Buffer.concat(records.map(({ kind, text }) => encodeRecord(kind, text))));
      await syncFolder(folder);
      await count(path);
    },
    state: () => ({
      records: sum('records'),
      bytes: sum('bytes'),
      stuck: [...counted].reduce((total, [path, { records }]) => total + (path.endsWith('.stuck') ? records : path.endsWith('.damaged') ? 1 : 0), 0),
    }),
    async takes() {
      if (sum('bytes') + othersBytes >= fullAtBytes) return false;
      fullAtBytes = maxBytes;
      try {
        await prepare();
        await sayAlive(folder, instance);
        // A disk that is full takes a touch and no record: it is tried whether it takes one again.
        if (refused !== null) await probe();
        refused = null;
        return true;
      } catch (error) {
        refused = error;
        return false;
      }
    },
    async close() {
      clearInterval(alive);
      await writer.rotate();
      if (ready) await sayGone(folder, instance);
    },
  };
}
