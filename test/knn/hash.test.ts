import { expect } from 'chai';
import fc from 'fast-check';
import { hammingDistance, hashSlots, probeSlots } from '../../lib/knn/describe/hash.ts';
import { runs } from '../support/properties.ts';

const ZERO = '0'.repeat(64);
const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const flips = (max: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.nat(255), { maxLength: max, minLength: 0 });

function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}

function flipped(hash: Uint8Array, bits: readonly number[]): Uint8Array {
  const copy = hash.slice();
  for (const bit of bits) copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

describe('hammingDistance', () => {
  it('counts the bits that differ', () => {
    expect(hammingDistance(ZERO, ZERO)).to.equal(0);
    expect(hammingDistance(ZERO, `8${'0'.repeat(62)}1`)).to.equal(2);
    expect(hammingDistance(ZERO, 'f'.repeat(64))).to.equal(256);
  });

  it('is the number of bits that were turned, in any hash', () => {
    fc.assert(
      fc.property(bytes, flips(256), (hash, bits) => {
        expect(hammingDistance(hexOf(hash), hexOf(flipped(hash, bits)))).to.equal(bits.length);
      }),
    );
  });

  for (const hash of ['', 'F'.repeat(64), '0'.repeat(63), '0'.repeat(65), `${ZERO}\n`, 7, null]) {
    it(`refuses ${JSON.stringify(hash)}`, () => {
      const calls = [
        () => hammingDistance(hash as string, ZERO),
        () => hammingDistance(ZERO, hash as string),
        () => hashSlots(hash as string),
        () => probeSlots(hash as string),
      ];
      for (const call of calls) expect(call).to.throw().with.property('code', 'HASH_INVALID');
    });
  }
});

describe('hashSlots', () => {
  it('names each slot with its 16 bits', () => {
    const slots = hashSlots(`ab12${'0'.repeat(56)}00ff`);
    expect(slots).to.have.lengthOf(16);
    expect(slots[0]).to.equal('0:ab12');
    expect(slots[1]).to.equal('1:0000');
    expect(slots[15]).to.equal('15:00ff');
  });
});

describe('probeSlots', () => {
  it('has 272 terms, no two alike, the slots of the hash itself among them', () => {
    const hash = '0123456789abcdef'.repeat(4);
    const terms = probeSlots(hash);
    expect(new Set(terms).size).to.equal(272);
    expect(terms).to.include.members(hashSlots(hash));
    expect(terms).to.include.members(['0:0122', '0:8123', '15:cdee']);
  });

  it('shares a term with every hash within 31 bits', () => {
    fc.assert(
      fc.property(bytes, flips(31), (hash, bits) => {
        const terms = new Set(probeSlots(hexOf(hash)));
        const slots = hashSlots(hexOf(flipped(hash, bits)));
        expect(slots.some((slot) => terms.has(slot))).to.equal(true);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('misses one of 32 bits where each slot has two of them', () => {
    const terms = new Set(probeSlots(ZERO));
    expect(hashSlots('0003'.repeat(16)).some((slot) => terms.has(slot))).to.equal(false);
  });
});
