import { isIP } from 'node:net';

/** Names by which a machine calls itself. */
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether an address to listen on can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host);
}

/**
 * Allowed values of the `Host` header, against DNS rebinding: a page whose own name resolves to
 * this machine.
 *
 * @param host - The address to listen on.
 * @returns Undefined if any value is allowed: for an address other than loopback when no names are
 * given.
 */
export function hostsOf(host: string, given: readonly string[] = []): string[] | undefined {
  if (given.length === 0 && !isLoopback(host)) return undefined;
  return [...LOOPBACK, host, ...given.map((name) => name.toLowerCase())];
}

/** Whether a `Host` header names one of these hosts, on any port. */
export function isHostOf(host: string | undefined, hosts: readonly string[]): boolean {
  return hosts.includes(nameOf(host));
}

/**
 * Whether a `Host` header is an IP address: unlike a name, a page can't make it resolve elsewhere.
 */
export function isAddress(host: string | undefined): boolean {
  return isIP(nameOf(host).replace(/^\[|\]$/g, '')) > 0;
}

/** A name or an address, and perhaps a port (RFC 3986). */
const HOST = /^(?:\[[\w:.%~-]+\]|[\w.~!$&'()*+,;=%-]*)(?::(\d{0,5}))?$/;
const LAST_PORT = 65_535;

/** Whether a `Host` header has the form of one, whatever it names. */
export function isHost(host: string): boolean {
  const found = HOST.exec(host);
  return found !== null && Number(found[1] ?? 0) <= LAST_PORT;
}

/** Number of `Host` headers in a flat list of names and values; HTTP/1.1 requires exactly one. */
export function countHosts(rawHeaders: readonly string[]): number {
  return countHeaders(rawHeaders, 'host');
}

/** Number of headers of a name, which is in lower case, in a flat list of names and values. */
export function countHeaders(rawHeaders: readonly string[], name: string): number {
  return rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === name).length;
}

function nameOf(host: string | undefined): string {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host ?? '') ?? [];
  return name.toLowerCase();
}
