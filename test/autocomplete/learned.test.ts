import { expect } from 'chai';
import fc from 'fast-check';

import {
  type Click,
  learnBoosts,
  LEARNED_MOST,
  readBoost,
} from '../../lib/autocomplete/record/learned.ts';
import { RecordError } from '../../lib/errors.ts';
import { runs } from '../support/properties.ts';

describe('learnBoosts', () => {
  const learn = (clicks: readonly Click[], minClicks = 1): Record<string, number> => {
    const learner = learnBoosts({ minClicks });
    for (const click of clicks) learner.add(click);
    return Object.fromEntries(learner.boosts().map(({ id, boost }) => [id, boost]));
  };
  const times = (count: number, query: string, id: string): Click[] =>
    Array.from({ length: count }, () => ({ query, id }));
  const click = fc.record({
    query: fc.constantFrom('中山', '板橋', '臺北', '台北'),
    id: fc.constantFrom('a', 'b', 'c', 'd'),
  });

  it('stays within its bounds, whatever is chosen, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(click, { maxLength: 200 }), fc.nat(), (clicks, seed) => {
        const boosts = learn(clicks);
        for (const boost of Object.values(boosts)) {
          expect(boost).to.be.greaterThan(0).and.below(LEARNED_MOST);
        }
        const turned = clicks.map((_, i) => clicks[(i + seed) % clicks.length]!);
        expect(learn(turned)).to.deep.equal(boosts);
      }),
      { numRuns: runs(200) },
    );
  });

  it('raises what is chosen more often and more surely', () => {
    const mixed = learn([...times(30, '中山', 'taipei'), ...times(3, '中山', 'keelung')]);
    expect(mixed['taipei']).to.be.greaterThan(2 * mixed['keelung']!);
    expect(learn(times(40, '板橋', 'a'))['a']).to.be.greaterThan(
      learn(times(4, '板橋', 'a'))['a']!,
    );
  });

  it('takes forms of a text for one, and one session for one choice', () => {
    const forms = learn([...times(2, '臺北', 'a'), ...times(2, '台北', 'a')]);
    expect(forms).to.deep.equal(learn(times(4, '台北', 'a')));
    const once = times(50, '台北', 'a').map((each) => ({ ...each, session: 's1' }));
    expect(learn(once)).to.deep.equal(learn(times(1, '台北', 'a')));
  });

  it('learns nothing from less than the least', () => {
    expect(learn(times(2, '板橋', 'a'), 3)).to.deep.equal({});
    expect(learn([])).to.deep.equal({});
  });

  it('learns of 200,000 places as of two', () => {
    const learner = learnBoosts({ minClicks: 1 });
    for (let at = 0; at < 200_000; at++) learner.add({ query: `${at}`, id: `p${at}` });
    for (const one of times(9, '中山', 'often')) learner.add(one);
    const boosts = learner.boosts();
    expect(boosts).to.have.length(200_001);
    expect(boosts[0]).to.include({ id: 'often', clicks: 9 });
  });

  it('refuses lines that are no choices or boosts, naming the field', () => {
    const refused = (read: (raw: unknown) => unknown, raw: unknown): [string, string | null] => {
      try {
        read(raw);
      } catch (error) {
        if (error instanceof RecordError) return [error.code, error.field];
        throw error;
      }
      throw new Error(`${JSON.stringify(raw)} was read`);
    };
    const learner = learnBoosts({ minClicks: 1 });
    const readClick = (raw: unknown): void => learner.add(raw as Click);
    readClick({ query: '板橋', id: 7, at: 'now' });
    expect(learner.boosts()).to.deep.equal([{ id: '7', boost: 0.0333, clicks: 1 }]);
    expect(refused(readClick, null)).to.deep.equal(['CLICK_INVALID', null]);
    expect(refused(readClick, { id: 'a' })).to.deep.equal(['CLICK_INVALID', 'query']);
    expect(refused(readClick, { query: 'a', id: ' ' })).to.deep.equal(['CLICK_INVALID', 'id']);
    expect(refused(readBoost, [])).to.deep.equal(['BOOST_INVALID', null]);
    expect(refused(readBoost, { id: 'a', boost: 0.3 })).to.deep.equal(['BOOST_INVALID', 'boost']);
    expect(refused(readBoost, { boost: 0.1 })).to.deep.equal(['BOOST_INVALID', 'id']);
  });
});
