import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { checkOptions, OPTION_INVALID, partOf, type Spec } from '../../options.ts';

/** Which addresses may be connected to, besides the public internet. */
export interface AddressOptions {
  /**
   * Allows private, unique local and loopback addresses. Default false. Link-local addresses and
   * the metadata services of clouds stay refused.
   */
  allowPrivate?: boolean;
  /** Ranges in CIDR notation that are always allowed: `10.1.0.0/16`, `::1/128`. */
  allowAddresses?: readonly string[];
  /** Resolves a host name to all its addresses. Default: the system's resolver. */
  lookup?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

/** Options that say which addresses may be connected to. */
export const ADDRESS_SPEC: Spec<AddressOptions, 'allowPrivate'> = {
  code: OPTION_INVALID,
  options: {
    allowPrivate: {
      type: 'flag',
      default: false,
      help: 'private, unique local and loopback addresses too',
    },
    allowAddresses: {
      type: 'list',
      items: {
        type: 'custom',
        code: 'ADDRESS_RANGE_INVALID',
        fits: isRange,
        wanted: 'a range as address/bits, such as 10.1.0.0/16',
        help: '',
      },
      flag: '--allow-address <cidr>',
      repeats: true,
      otherwise: 'none',
      help: 'ranges of addresses that are always allowed, such as 10.0.0.0/8',
    },
    lookup: {
      type: 'function',
      otherwise: "the system's resolver",
      help: 'resolves a host name to all its addresses',
    },
  },
};

/** Guards every connection of a request. */
export interface AddressGuard {
  /** Why an address is refused, such as `loopback`; null if it is allowed. */
  refusal(address: string): string | null;
  /**
   * Pass it as `lookup` of the connection: the addresses that it returns are the ones connected to,
   * so a name can't change its address between the check and the connection. Node does not call it
   * for IP literals.
   */
  lookup: LookupFunction;
}

type Address = ReturnType<typeof ipaddr.parse>;
type Range = ReturnType<typeof ipaddr.parseCIDR>;

const GLOBAL_IPV6: Range = ipaddr.parseCIDR('2000::/3');
const PRIVATE = new Set<string>(['private', 'uniqueLocal', 'loopback']);

/**
 * Cloud metadata services outside the link-local ranges: AWS and Google over IPv6, Azure's wire
 * server. (Alibaba's is in the carrier-grade NAT range, Oracle's in a reserved one; both are
 * refused anyway.)
 */
const METADATA: ReadonlySet<string> = new Set(['fd00:ec2::254', 'fd20:ce::254', '168.63.129.16']);

/**
 * Makes the address check for one request, redirects included.
 *
 * @param blocked - Makes the error that `lookup` fails with if all addresses of a host are refused.
 * @throws {OptionError} `ADDRESS_RANGE_INVALID`.
 */
export function addressGuard(
  options: AddressOptions,
  blocked: (reason: string) => Error,
): AddressGuard {
  checkOptions(ADDRESS_SPEC, partOf(ADDRESS_SPEC, options));
  const allowed = (options.allowAddresses ?? []).map(readRange);
  const lookupAll = options.lookup ?? ((hostname) => systemLookup(hostname, { all: true }));
  const refusal = (text: string): string | null => {
    if (isIP(text) === 0) return 'not an IP address';
    const address = ipaddr.process(text);
    if (allowed.some((range) => contains(range, address))) return null;
    return specialRange(address, options.allowPrivate ?? false);
  };
  const usable = async (hostname: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
    const addresses = await lookupAll(hostname);
    const [first, ...rest] = addresses.filter(({ address }) => refusal(address) === null);
    if (first === undefined) throw refusedHost(hostname, addresses, refusal, blocked);
    return [first, ...rest];
  };
  return {
    refusal,
    lookup(hostname, { all }, callback): void {
      usable(hostname).then(
        (addresses) => {
          if (all === true) callback(null, addresses);
          else callback(null, addresses[0].address, addresses[0].family);
        },
        (error: unknown) => {
          callback(error as Error, []);
        },
      );
    },
  };
}

function refusedHost(
  hostname: string,
  addresses: readonly LookupAddress[],
  refusal: AddressGuard['refusal'],
  blocked: (reason: string) => Error,
): Error {
  const [first] = addresses;
  if (first === undefined) return new Error(`${hostname} has no address`);
  return blocked(`${first.address}, ${refusal(first.address)}`);
}

function isRange(text: unknown): boolean {
  try {
    readRange(text as string);
    return true;
  } catch {
    return false;
  }
}

function readRange(text: string): Range {
  const [address, bits] = ipaddr.parseCIDR(text);
  // IPv4-mapped IPv6 ranges become IPv4 ranges, since addresses are converted the same way.
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return [address.toIPv4Address(), bits - 96];
  }
  return [address, bits];
}

function contains(range: Range, address: Address): boolean {
  return range[0].kind() === address.kind() && address.match(range);
}

/**
 * Why an address is refused; null if it is global unicast, which in IPv6 means within 2000::/3 (RFC
 * 4291).
 */
function specialRange(address: Address, allowPrivate: boolean): string | null {
  if (METADATA.has(address.toString())) return 'cloud metadata';
  const range = address.range();
  if (range !== 'unicast') return allowPrivate && PRIVATE.has(range) ? null : range;
  return address.kind() === 'ipv4' || contains(GLOBAL_IPV6, address) ? null : 'not global unicast';
}
