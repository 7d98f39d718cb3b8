import { expect } from 'chai';
import fc from 'fast-check';
import { addressGuard, type AddressOptions } from '../../lib/ingest/fetch/addresses.ts';

function refusal(address: string, options: AddressOptions = {}): string | null {
  return addressGuard(options, (reason) => new Error(reason)).refusal(address);
}

describe('addressGuard', () => {
  it('lets the public internet through', () => {
    for (const address of ['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8']) {
      expect(refusal(address), address).to.equal(null);
    }
  });

  it('refuses everything else, with the name of the range', () => {
    const refused = {
      '127.0.0.1': 'loopback',
      '127.255.255.254': 'loopback',
      '0.0.0.0': 'unspecified',
      '10.0.0.1': 'private',
      '172.31.255.255': 'private',
      '192.168.1.1': 'private',
      '100.64.0.1': 'carrierGradeNat',
      '100.100.100.200': 'carrierGradeNat',
      '169.254.169.254': 'linkLocal',
      '192.0.0.192': 'reserved',
      '198.18.0.1': 'reserved',
      '224.0.0.1': 'multicast',
      '240.0.0.1': 'reserved',
      '255.255.255.255': 'broadcast',
      '168.63.129.16': 'cloud metadata',
      '::1': 'loopback',
      '::': 'unspecified',
      '::ffff:10.0.0.1': 'private',
      '::ffff:7f00:1': 'loopback',
      '::7f00:1': 'not global unicast',
      '64:ff9b::7f00:1': 'rfc6052',
      '64:ff9b:1::a00:1': 'rfc6052',
      '2002:7f00:1::': '6to4',
      '2001:0:a00:1::': 'teredo',
      '2001:db8::1': 'reserved',
      'fd00::1': 'uniqueLocal',
      'fd00:ec2::254': 'cloud metadata',
      'fe80::1': 'linkLocal',
      'fe80::1%eth0': 'linkLocal',
      'fec0::1': 'deprecatedSiteLocal',
      'ff02::1': 'multicast',
      '4000::1': 'not global unicast',
      '010.0.0.1': 'not an IP address',
      '': 'not an IP address',
    };
    const found = Object.keys(refused).map((address) => [address, refusal(address)]);
    expect(Object.fromEntries(found)).to.deep.equal(refused);
  });

  it('refuses an IPv4 address in IPv6 clothes whenever it refuses the address itself', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(refusal(`::ffff:${address}`)).to.equal(refusal(address));
      }),
    );
  });

  it('lets private and loopback addresses through with allowPrivate, and no others', () => {
    const options = { allowPrivate: true };
    for (const address of ['10.0.0.1', '127.0.0.1', '::1', 'fd00::1', '::ffff:192.168.0.1']) {
      expect(refusal(address, options), address).to.equal(null);
    }
    for (const address of ['169.254.169.254', 'fd00:ec2::254', '100.64.0.1', '0.0.0.0']) {
      expect(refusal(address, options), address).to.be.a('string');
    }
  });

  it('lets the ranges of allowAddresses through, and not their neighbours', () => {
    const options = { allowAddresses: ['10.1.0.0/16', '::ffff:192.168.7.0/120', 'fe80::/10'] };
    for (const address of ['10.1.255.255', '::ffff:10.1.0.1', '192.168.7.9', 'fe80::1']) {
      expect(refusal(address, options), address).to.equal(null);
    }
    for (const address of ['10.2.0.0', '10.0.255.255', '192.168.8.1', '::1']) {
      expect(refusal(address, options), address).to.be.a('string');
    }
  });

  it('refuses ranges that are none', () => {
    for (const range of ['10.1.0.0', '10.1.0.0/33', 'localhost/8', '']) {
      expect(() => refusal('8.8.8.8', { allowAddresses: [range] }), range)
        .to.throw()
        .with.property('code', 'ADDRESS_RANGE_INVALID');
    }
  });
});
