import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** Addresses of callers, IPv4-mapped IPv6 as IPv4. */

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Tells whether an address lies in one of the addresses or CIDR ranges. What is not an address lies in none. */
export type AddressList = (address: string) => boolean;

/** Entries that cannot be read match nothing: a typing error must not open a list. */
export function addressList(entries: readonly string[]): AddressList {
  const ranges = entries.flatMap((entry) => rangeOf(entry) ?? []);
  return (text) => {
    const address = parse(text);
    if (!address) return false;
    return ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network as ipaddr.IPv4, bits));
  };
}

/**
 * The caller's address: the socket's, or, where that is a trusted proxy, the rightmost hop of X-Forwarded-For that is
 * not one. Everything left of that hop was written by the caller and may be forged.
 */
export function clientAddress(req: IncomingMessage, trusted: AddressList): string {
  let address = plain(req.socket.remoteAddress ?? '');
  const header = req.headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  while (trusted(address) && hops.length > 0) {
    const hop = parse(withoutPort(hops.pop()!.trim()));
    // A trusted proxy that hands on no address tells us no more than its own.
    if (!hop) break;
    address = hop.toString();
  }
  return address;
}

const plain = (text: string): string => parse(text)?.toString() ?? text;

function parse(text: string): Address | null {
  const bare = text.replace(/%.*$/, '');
  return ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare) ? ipaddr.process(bare) : null;
}

/** `1.2.3.4:567` and `[2001:db8::1]:567`, as some proxies write it. */
const withoutPort = (hop: string): string => /^\[(.*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop;

function rangeOf(entry: string): [Range] | null {
  const [text = '', bits] = entry.split('/');
  const address = parse(text);
  if (!address) return null;
  const length = address.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return [[address, length]];
  // The prefix of a mapped range counts the 96 bits that `parse` took off.
  const mapped = text.includes(':') && address.kind() === 'ipv4';
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) - (mapped ? 96 : 0) : -1;
  return prefix >= 0 && prefix <= length ? [[address, prefix]] : null;
}
