import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';

/**
 * Connections for addresses that a person wrote (webhooks): never into a private network (SSRF). What is looked at is the
 * address that the connection is made to, at the moment it is made, so that a name which resolves to something else the second
 * time (DNS rebinding) gains nothing. Odd spellings of an address (decimal, hex, octal) are made plain by the URL parser, or are
 * names that the system resolves, and come here as what they mean.
 */

/** The code of every refusal here. */
export const PRIVATE_ADDRESS = 'private_address';

class PrivateAddressError extends Error {
  readonly code = PRIVATE_ADDRESS;
}

/** Of the public internet: not private, loopback, link-local, unique-local, carrier-grade NAT, multicast, reserved, nor an IPv4 address in another's clothes. */
export const isPublicAddress = (address: string): boolean => ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unicast';

const refusal = (what: string): PrivateAddressError =>
  new PrivateAddressError(`${what} is no address of the public internet. To reach a system of your own network, set WEBHOOK_ALLOW_PRIVATE=true.`);

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;
type Lookup = (hostname: string, options: LookupOptions & { all: true }, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

/** The system's resolver without the addresses that are not public. */
export const publicLookup = (resolve: Lookup) => (hostname: string, options: LookupOptions, callback: LookupCallback): void =>
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    const first = allowed[0];
    if (!first) return callback(refusal(hostname), []);
    return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
  });

/** A connector of undici that makes only connections to public addresses, over http and https. */
export function publicConnector(timeoutMs: number, resolve: Lookup = systemLookup): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: publicLookup(resolve) as never });
  return (options, callback) => {
    // An address in digits is never looked up.
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(refusal(host), null);
    return connect(options, callback);
  };
}
