import { expect } from 'chai';
import { percentile, seededRandom, shuffled } from '../../bench/statistics.ts';

describe('percentile', () => {
  it('takes the nearest rank, whatever the order', () => {
    const values = [5, 1, 4, 2, 3];
    expect(percentile(values, 0.5)).to.equal(3);
    expect(percentile(values, 0.99)).to.equal(5);
    expect(percentile(values, 0)).to.equal(1);
    expect(percentile([10, 9], 0.5)).to.equal(9);
  });

  it('is NaN of nothing', () => {
    expect(percentile([], 0.5)).to.be.NaN;
  });
});

describe('seededRandom', () => {
  it('repeats for a seed, stays in [0, 1), and spreads evenly', () => {
    const [a, b] = [seededRandom(7), seededRandom(7)];
    const numbers = Array.from({ length: 10_000 }, () => a());
    expect(numbers.slice(0, 5)).to.deep.equal(Array.from({ length: 5 }, () => b()));
    expect(numbers.every((n) => n >= 0 && n < 1)).to.equal(true);
    expect(numbers.filter((n) => n < 0.5).length).to.be.within(4_800, 5_200);
  });
});

describe('shuffled', () => {
  it('keeps every value and leaves the array as it was', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    const result = shuffled(values, seededRandom(1));
    expect(result).to.not.deep.equal(values);
    expect([...result].sort()).to.deep.equal(values);
    expect(values).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
