import { isIP } from 'node:net';

/** Names of this machine for itself. */
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether an address to listen on can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host);
}

/**
 * Names that `Host` may have on a port, against pages that have a name of their own point here.
 *
 * @param host - Address that is listened on.
 * @returns Undefined where any will do: elsewhere than on loopback, and without names that are given.
 */
export function hostsOf(host: string, given: readonly string[] = []): string[] | undefined {
  if (given.length === 0 && !isLoopback(host)) return undefined;
  return [...LOOPBACK, host, ...given.map((name) => name.toLowerCase())];
}

/** Whether a `Host` header names one of these hosts, on any port. */
export function isHostOf(host: string | undefined, hosts: readonly string[]): boolean {
  return hosts.includes(nameOf(host));
}

/** Whether a `Host` header is an address: no page has one that it could have point elsewhere. */
export function isAddress(host: string | undefined): boolean {
  return isIP(nameOf(host).replace(/^\[|\]$/g, '')) > 0;
}

/** `Host` headers among names and values in turn, of which HTTP/1.1 has one. */
export function countHosts(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host').length;
}

function nameOf(host: string | undefined): string {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(host ?? '') ?? [];
  return name.toLowerCase();
}
