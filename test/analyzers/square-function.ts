// What test/analyzers/cost has to find: time that grows with the square of a text.
import type { Counted } from '../support/steps.ts';

const FUNCTIONS: Counted = {
  square(text) {
    let same = 0;
    for (const a of text) for (const b of text) if (a === b) same++;
    return same;
  },
};

export default FUNCTIONS;
