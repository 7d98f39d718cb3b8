import { expect } from 'chai';
import fc from 'fast-check';
import { seededRandom } from '../../bench/statistics.ts';
import { ByteRows } from '../../lib/engines/embedded/byte-rows.ts';
import { fromBlob, toBlob } from '../../lib/engines/embedded/image-tables.ts';
import { VectorScan } from '../../lib/engines/embedded/vector-scan.ts';
import { distanceBetween, type VectorSpace } from '../../lib/knn/space.ts';
import { vectorIn } from '../support/pictures.ts';

const SPACES: readonly VectorSpace[] = [
  { dimension: 132, spaceType: 'cosinesimil', dataType: 'float' },
  { dimension: 7, spaceType: 'cosinesimil', dataType: 'byte' },
  { dimension: 40, spaceType: 'l2', dataType: 'float' },
  { dimension: 16, spaceType: 'l2', dataType: 'byte' },
  { dimension: 33, spaceType: 'innerproduct', dataType: 'float' },
  { dimension: 256, spaceType: 'hamming', dataType: 'binary' },
  { dimension: 8, spaceType: 'hamming', dataType: 'binary' },
];

/** Vectors of all kinds: spread, in narrow groups, equal, of very different lengths, sparse. */
function someVectors(space: VectorSpace, count: number, random: () => number): number[][] {
  const near = (vector: number[]): number[] =>
    space.dataType === 'float'
      ? vector.map((x) => x + (random() - 0.5) / 500)
      : vector.map((x) => (random() < 0.1 ? Math.min(127, x + 1) : x));
  const found: number[][] = [];
  while (found.length < count) {
    const kind = Math.floor(random() * 5);
    const before = found[Math.floor(random() * found.length)];
    let vector = vectorIn(space, random);
    if (before && kind === 0) vector = before;
    if (before && kind === 1) vector = near(before);
    if (kind === 2 && space.dataType === 'float') {
      const scale = 10 ** (random() * 12 - 6);
      vector = vector.map((x) => x * scale);
    }
    if (kind === 3) vector = vector.map((x, i) => (i % 3 === 0 ? x : 0));
    // Cosine refuses vectors of zeros.
    if (vector.every((x) => Math.fround(x) === 0)) vector = vector.map(() => 1);
    found.push(vector);
  }
  return found;
}

function scanOf(space: VectorSpace, vectors: readonly number[][], simd: boolean): VectorScan {
  const scan = new VectorScan(space, 0, { simd });
  vectors.forEach((vector, i) => {
    scan.add(10 + 3 * i, i, toBlob(space, vector));
  });
  return scan;
}

/** Distances of the vectors, as they are stored, to a query. */
function distancesTo(space: VectorSpace, vectors: readonly number[][], query: number[]): number[] {
  return vectors.map((v) => distanceBetween(space, fromBlob(space, toBlob(space, v)), query));
}

describe('vector scan', () => {
  for (const space of SPACES) {
    const { dimension, spaceType, dataType } = space;
    it(`has all that are nearest, and no distance below its bound: ${dimension} ${dataType}, ${spaceType}`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 1 }), fc.integer({ min: 1, max: 40 }), (seed, limit) => {
          const random = seededRandom(seed);
          const vectors = someVectors(space, 150, random);
          const among = Uint8Array.from({ length: 15 }, () => Math.floor(random() * 256));
          const passes = (i: number): boolean => ((among[i >> 3] ?? 0) & (1 << (i & 7))) !== 0;
          for (const simd of [true, false]) {
            const scan = scanOf(space, vectors, simd);
            const gone = [1, 5, Math.floor(random() * 150)];
            scan.remove(gone);
            for (const filter of [undefined, among]) {
              const query = random() < 0.5 ? vectors[7]! : someVectors(space, 1, random)[0]!;
              const distances = distancesTo(space, vectors, query);
              const left = distances
                .map((distance, i) => ({ distance, i }))
                .filter(({ i }) => !gone.includes(i) && (!filter || passes(i)))
                .sort((a, b) => a.distance - b.distance);
              const last = left[Math.min(limit, left.length) - 1]!.distance;
              const nearest = left.filter(({ distance }) => distance <= last);
              const found = scan.nearest(query, limit, filter);
              const rows = found.map(({ row }) => row);
              expect(rows).to.include.members(nearest.map(({ i }) => i));
              expect(left.map(({ i }) => i)).to.include.members(rows);
              for (const { row, view, low } of found) {
                expect(view).to.equal(10 + 3 * row);
                expect(low).to.be.at.most(distances[row]!);
              }
              expect(found.map(({ low }) => low)).to.deep.equal(
                found.map(({ low }) => low).sort((a, b) => a - b),
              );
            }
          }
        }),
      );
    });
  }

  it('reads few vectors of many', () => {
    const random = seededRandom(3);
    const space = SPACES[0]!;
    const centres = Array.from({ length: 100 }, () => vectorIn(space, random));
    const near = (): number[] =>
      centres[Math.floor(random() * 100)]!.map((x) => x + random() - 0.5);
    const scan = scanOf(
      space,
      Array.from({ length: 20_000 }, () => near()),
      true,
    );
    for (let n = 0; n < 20; n++) {
      expect(scan.nearest(near(), 10).length).to.be.within(10, 100);
    }
  });

  it('finds all hashes within a distance, nearest first, sorted or not', async () => {
    const space = SPACES[5]!;
    const random = seededRandom(4);
    const vectors = someVectors(space, 70_000, random);
    const scan = scanOf(space, vectors.slice(0, 66_000), true);
    for (let n = 0; n < 6; n++) {
      if (n === 3) await scan.sort(() => Promise.resolve());
      if (n === 3) vectors.slice(66_000).forEach((v, i) => scan.add(i + 1e6, i, toBlob(space, v)));
      const there = n < 3 ? vectors.slice(0, 66_000) : vectors;
      const query = [...there[Math.floor(random() * there.length)]!];
      for (let bit = 0; bit < 6 * n; bit++) query[(bit * 7) % 32]! ^= 1 << (bit & 7);
      const distances = distancesTo(space, there, query);
      const found = scan.within(query, 31);
      expect(found.map(({ low, row }) => [low, row])).to.deep.equal(
        distances
          .map((distance, row) => [distance, row] as const)
          .filter(([distance]) => distance <= 31)
          .sort((a, b) => a[0] - b[0] || a[1] - b[1]),
      );
    }
  });

  it('compares rows of any length alike with and without SIMD', () => {
    const random = seededRandom(5);
    const byte = (): number => Math.floor(random() * 256) - 128;
    for (const length of [1, 15, 16, 17, 132, 1000, 16_000]) {
      const count = length > 1000 ? 20 : 5000;
      const rows = [true, false].map((simd) => new ByteRows(length, { simd }));
      for (let n = 0; n < count; n++) {
        const row = Int8Array.from({ length }, byte);
        for (const each of rows) each.add(row);
      }
      const most = Math.min(32_767, Math.floor((2 ** 31 - 1) / (127 * length)));
      const query = Int16Array.from({ length }, (_, i) => (i % 7 === 0 ? most : byte()));
      for (const [how, against] of [
        ['products', query],
        ['differences', Uint8Array.from(query)],
      ] as const) {
        const [simd, plain] = rows.map((each) => {
          const all: number[] = [];
          each.compare(how, against, (first, results) => {
            expect(first).to.equal(all.length);
            all.push(...results);
          });
          return all;
        });
        expect(simd).to.have.length(count).and.to.deep.equal(plain);
      }
    }
  });
});
