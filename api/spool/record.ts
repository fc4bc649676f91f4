import { createHash } from 'node:crypto';

/**
 * A record of the spool on disk: mark, kind, length, SHA-256 over kind, length and text, text. The checksum tells a record
 * that was written whole from one that was not; the mark finds the next one behind bytes that the disk has spoilt.
 */

const MARK = Buffer.from('TSP1');
const KINDS = { postback: 0x50, call: 0x43 } as const;
const SUM_BYTES = 32;
const HEADER_BYTES = MARK.length + 1 + 4 + SUM_BYTES;
const TEXT_MAX_BYTES = 16 * 1024 * 1024;

/** `call`: one that could not be checked yet. */
export type RecordKind = keyof typeof KINDS;

export interface SpoolRecord {
  kind: RecordKind;
  /** Sealed. */
  text: string;
  /** Where it begins in its file. */
  offset: number;
  bytes: number;
}

export interface Records {
  records: SpoolRecord[];
  /** Bytes at the end that are no whole record: its write was cut off, so it was never answered for. */
  tornBytes: number;
  /** Bytes that cannot be read although their record was written whole: the disk lost them. */
  damagedBytes: number;
}

export function encodeRecord(kind: RecordKind, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt8(KINDS[kind], 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([MARK, head, sumOf(head, body), body]);
}

export function decodeRecords(bytes: Buffer): Records {
  const found: Records = { records: [], tornBytes: 0, damagedBytes: 0 };
  for (let offset = 0; offset < bytes.length;) {
    const record = recordAt(bytes, offset);
    if (record) {
      found.records.push(record);
      offset += record.bytes;
      continue;
    }
    const next = nextRecord(bytes, offset + 1);
    if (next === null) {
      found[isWholeLength(bytes, offset) ? 'damagedBytes' : 'tornBytes'] += bytes.length - offset;
      break;
    }
    found.damagedBytes += next - offset;
    offset = next;
  }
  return found;
}

function recordAt(bytes: Buffer, offset: number): SpoolRecord | null {
  if (offset + HEADER_BYTES > bytes.length || !bytes.subarray(offset, offset + MARK.length).equals(MARK)) return null;
  const head = bytes.subarray(offset + MARK.length, offset + MARK.length + 5);
  const kind = (Object.keys(KINDS) as RecordKind[]).find((each) => KINDS[each] === head[0]);
  const length = head.readUInt32BE(1);
  const start = offset + HEADER_BYTES;
  if (!kind || length > TEXT_MAX_BYTES || start + length > bytes.length) return null;
  const body = bytes.subarray(start, start + length);
  if (!sumOf(head, body).equals(bytes.subarray(start - SUM_BYTES, start))) return null;
  return { kind, text: body.toString(), offset, bytes: HEADER_BYTES + length };
}

/** A write that was cut off is shorter than its head says. */
const isWholeLength = (bytes: Buffer, offset: number): boolean =>
  offset + HEADER_BYTES <= bytes.length &&
  bytes.subarray(offset, offset + MARK.length).equals(MARK) &&
  offset + HEADER_BYTES + bytes.readUInt32BE(offset + MARK.length + 1) <= bytes.length;

function nextRecord(bytes: Buffer, from: number): number | null {
  for (let at = bytes.indexOf(MARK, from); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
    if (recordAt(bytes, at)) return at;
  }
  return null;
}

const sumOf = (head: Uint8Array, body: Uint8Array): Buffer => createHash('sha256').update(head).update(body).digest();
