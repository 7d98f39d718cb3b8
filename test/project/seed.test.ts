import { expect } from 'chai';
import fc from 'fast-check';

import { givenSeed } from '../support/seed.ts';

describe('SEED', () => {
  it('is what every property starts from', () => {
    expect(fc.readConfigureGlobal().seed).to.equal(givenSeed() ?? undefined);
  });
});
