import { Readable, Writable } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addPostbackParse, parseLines } from '../../../cli/postback-parse.ts';

async function run(chunks: (string | Buffer)[]): Promise<{ lines: string[]; log: string[] }> {
  let out = '';
  const log: string[] = [];
  const output = new Writable({ write: (chunk, _encoding, done) => { out += String(chunk); done(); } });
  await parseLines(Readable.from(chunks), output, (message) => log.push(message));
  expect(out === '' || out.endsWith('\n')).toBe(true);
  return { lines: out.split('\n').slice(0, -1), log };
}

const line = (call: unknown) => `${JSON.stringify(call)}\n`;
const codes = (lines: string[]) => lines.map((each) => (JSON.parse(each) as { error?: { code: string } }).error?.code ?? 'ok');

test('one line out for each line in, in the same order, with exactly the documented keys in order', async () => {
  const { lines } = await run([line({ network: 'kma', query: 'orderid=1&status=A', receivedAt: '2026-11-22T13:00:00+03:00' })]);
  expect(lines).toEqual([
    '{"orderId":"1","weakKey":null,"status":"approved","statusRaw":"A","amount":null,"currency":null,"currencyAssumed":false,"orderValue":null,'
    + '"occurredAt":"2026-11-22T10:00:00.000Z","clickIdCandidates":[],"eventName":null,"offerId":null,"country":null,"ip":null,"user":{},"items":[],"flags":[]}',
  ]);
});

test('a bad line gives an error of its own and stops nothing', async () => {
  const ok = line({ network: 'kma', query: 'orderid=1' });
  const { lines, log } = await run([
    ok, 'not json\n', '[]\n', '\n', line({ query: 'x' }), line({ network: 'kma', query: 5 }), line({ network: 'kma', receivedAt: 'yesterday' }),
    line({ network: 'kma', receivedAt: '2026-02-30T10:00:00Z' }), line({ network: 'nowhere' }), line({ network: '__proto__' }),
    line({ network: 'kma', contentType: 'application/json', body: 'a=b' }), line({ network: 'kma', settings: { timeZone: 3 } }), ok.trimEnd(),
  ]);
  expect(codes(lines)).toEqual(['ok', ...Array(7).fill('line_invalid'), 'network_unknown', 'network_unknown', 'body_invalid', 'line_invalid', 'ok']);
  expect(log).toEqual(['13 lines read, 11 with an error.']);
});

test('lines may be cut anywhere by chunks, end in CRLF, and hold U+2028 and bare CR inside', async () => {
  const bytes = Buffer.from(`{"network":"kma","query":"orderid=\u2028é"}\r\n{"network":"kma",\r"body":null,"query":"orderid=ж"}\n`);
  const { lines } = await run([...bytes].map((byte) => Buffer.from([byte])));
  expect(lines.map((each) => (JSON.parse(each) as { orderId: string }).orderId)).toEqual(['é', 'ж']);
});

test('settings hold, and missing ones are the defaults of the network', async () => {
  const { lines } = await run([line({
    network: 'kma', query: 'orderid=1&sum=5&data1=x&date=2026-01-01 00:00&status=ok', settings: { defaultCurrency: 'EUR', timeZone: 'UTC', clickIdSlot: 'data1', statusWords: { ok: 'approved' } },
  })]);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    currency: 'EUR', currencyAssumed: true, occurredAt: '2026-01-01T00:00:00.000Z', clickIdCandidates: [{ slot: 'data1', value: 'x' }], status: 'approved',
  });
});

test('no input, no output', async () => expect((await run([])).lines).toEqual([]));

test('the command finds the postback group where it exists', () => {
  const program = new Command();
  const group = program.command('postback');
  addPostbackParse(program);
  expect(program.commands).toEqual([group]);
  expect(group.commands.map((command) => command.name())).toEqual(['parse']);
});
