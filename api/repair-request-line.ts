import type { Server } from 'node:http';
import { Duplex } from 'node:stream';
import { asciiUrl } from './request-url.ts';

/**
 * Node refuses a request whose target holds a byte outside ASCII, a blank or a control, before any of our code sees it. A
 * network that puts a name or a date into its URL as it is would lose that report. Here such a request line is
 * percent-encoded and the request handed in once more; headers and body go through the same strict parser, so nothing else
 * becomes lenient. It works for requests that arrived whole in one packet, and their connection ends with the answer.
 */
export function repairRequestLines(server: Server): void {
  const repaired = new WeakSet<object>();
  server.on('clientError', (error: ClientError, socket) => {
    const request = error.rawPacket && !repaired.has(socket) ? repair(error.rawPacket) : null;
    if (!request || !socket.writable) return refuse(error, socket);
    const connection = handIn(request, socket);
    repaired.add(connection);
    server.emit('connection', connection);
  });
  // What comes on that socket later goes to a parser that has given up.
  server.prependListener('request', (req, res) => {
    if (repaired.has(req.socket)) res.shouldKeepAlive = false;
  });
}

type ClientError = Error & { code?: string; rawPacket?: Buffer };

const REQUEST_LINE = /^([A-Z]+) (\/[^\r\n]*) (HTTP\/1\.[01])\r\n/;

/** The same request with a target in ASCII; null where that was not what was wrong, or it is not all there. */
function repair(packet: Buffer): Buffer | null {
  const text = packet.toString('latin1');
  const line = REQUEST_LINE.exec(text);
  if (!line) return null;
  const [whole, method, target, version] = line;
  const ascii = asciiUrl(target!);
  const headEnd = text.indexOf('\r\n\r\n');
  if (ascii === target || headEnd === -1) return null;
  const head = text.slice(0, headEnd);
  const length = Number(/\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1] ?? 0);
  if (/\r\ntransfer-encoding:/i.test(head) || text.length < headEnd + 4 + length) return null;
  return Buffer.from(`${method} ${ascii} ${version}\r\n${text.slice(whole.length, headEnd + 4 + length)}`, 'latin1');
}

function handIn(request: Buffer, socket: Duplex & { remoteAddress?: string }): Duplex {
  const connection = new Duplex({
    read() {},
    write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.once('close', () => connection.destroy());
  connection.push(request);
  return Object.assign(connection, { remoteAddress: socket.remoteAddress });
}

const ANSWERS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** As Node does where nobody listens. */
function refuse(error: ClientError, socket: Duplex): void {
  if (socket.writable) socket.write(`HTTP/1.1 ${ANSWERS[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
  socket.destroy(error);
}
