import { expect } from 'chai';
import fc from 'fast-check';

import { fitsReader, fitsReaderBy, traitsOf } from '../../lib/autocomplete/display/names.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { coverOf } from '../../lib/autocomplete/reading/judge.ts';
import { ReadText } from '../../lib/autocomplete/reading/read-text.ts';
import { mayCover } from '../../lib/autocomplete/suggest/composed.ts';
import type { JudgedName, JudgedPlace } from '../../lib/autocomplete/suggest/judged-place.ts';
import { newMeeting } from '../../lib/autocomplete/suggest/match.ts';
import { judgedPlace } from '../../lib/autocomplete/suggest/named-place.ts';
import { placeQuery, type PlaceQuery } from '../../lib/autocomplete/suggest/query.ts';
import { PlaceSegment } from '../../lib/engines/embedded/place-segment.ts';
import { buildSegment } from '../../lib/engines/embedded/place-segment-build.ts';
import { toRow } from '../../lib/engines/embedded/rows.ts';
import { documentsOf, exampleRecords } from '../support/example-places.ts';
import { runs } from '../support/properties.ts';

const ROWS = documentsOf(exampleRecords())
  .map((document) => toRow(document))
  .sort((a, b) => a.rank - b.rank);
const SEGMENT = new PlaceSegment(buildSegment(ROWS));
const SOURCES = ROWS.map((_, document) => SEGMENT.sourceOf(document));
const NAMES = SOURCES.flatMap(({ names }) => names);
const CONTAINERS = containersOf(SOURCES);
const JOINTS = ['', ' ', ', ', '1-2 '];
const LANGUAGES = ['zh-Hant', 'zh-Hant-HK', 'zh-Hans', 'ja', 'ko', 'en', 'fr'];

const texts = NAMES.flatMap(({ text, kana = '', pinyin = '' }) => [
  text,
  kana,
  pinyin.replace(/[\d\s]/g, ''),
  pinyin.replace(/[^a-z ]/g, '').replace(/(\S)\S*\s?/g, '$1'),
]).filter((text) => text !== '');

/** What is typed of a real name: the beginning, the whole, with a character replaced, left out or added. */
const typed = fc
  .record({
    text: fc.constantFrom(...texts),
    length: fc.integer({ min: 1, max: 12 }),
    edit: fc.constantFrom('none', 'none', 'replace', 'drop', 'swap', 'tail'),
    at: fc.nat(11),
    other: fc.constantFrom('州', 'ㄑ', 'v', 'u', 'し', 'x'),
  })
  .map(({ text, length, edit, at, other }) => {
    const chars = Array.from(text).slice(0, length);
    const where = at % chars.length;
    if (edit === 'replace') chars[where] = other;
    else if (edit === 'drop') chars.splice(where, 1);
    else if (edit === 'swap') chars.splice(where, 2, ...chars.slice(where, where + 2).reverse());
    else if (edit === 'tail') chars.push(other);
    return chars.join('');
  });

describe('PlaceJudge', () => {
  it('meets the names that a source meets, and as well, by every interpretation', () => {
    let met = 0;
    fc.assert(
      fc.property(typed, fc.constantFrom(...LANGUAGES), (text, language) => {
        const query = placeQuery(text, { language });
        for (const [document, source] of SOURCES.entries()) {
          const right = meetings(judgedPlace(source), query);
          met += right.length;
          expect(meetings(SEGMENT.placeOf(document), query)).to.deep.equal(right);
        }
      }),
      { numRuns: runs(60) },
    );
    expect(met).to.be.above(0);
  });

  it('refuses no place that can be laid over a text, and most that cannot', () => {
    let laid = 0;
    let refused = 0;
    let left = 0;
    fc.assert(
      fc.property(typed, typed, fc.boolean(), fc.constantFrom(...JOINTS), (a, b, isTwo, joint) => {
        const sure = new ReadText(isTwo ? a + joint + b : a, CONTAINERS);
        if (sure.typed.key === '') return;
        for (const read of [sure, sure.mistaken()]) {
          for (const [document, source] of SOURCES.entries()) {
            const hit = { place: SEGMENT.placeOf(document), source };
            const covers = coverOf(read, source, 'zh-Hant') !== null;
            if (covers)
              expect(mayCover(read, hit), `${read.typed.text} ${source.id}`).to.equal(true);
            if (covers) laid += 1;
            else if (mayCover(read, hit)) left += 1;
            else refused += 1;
          }
        }
      }),
      { numRuns: runs(60) },
    );
    expect(laid).to.be.above(0);
    expect(refused).to.be.above(9 * left);
  });

  it('knows from the traits of a text whom it fits', () => {
    for (const { text, language: stated } of NAMES) {
      for (const language of LANGUAGES) {
        const name = stated === undefined ? { text } : { text, language: stated };
        const right = fitsReader(name, language);
        expect(fitsReaderBy(traitsOf(text), stated, language), `${text} ${language}`).to.equal(
          right,
        );
      }
    }
  });
});

function meetings(place: JudgedPlace, { passes, reader }: PlaceQuery): unknown[] {
  const found: unknown[] = [];
  const meeting = newMeeting();
  for (const interpretation of passes.flat()) {
    place.meet(interpretation, meeting, (name) => {
      found.push({ ...meeting, ...factsOf(name), fits: name.fits(reader.language) });
    });
  }
  return found;
}

function factsOf({ name, key, kind, isCode, isUntagged, hasSyllables, hasUmlaut }: JudgedName) {
  return { name, key, kind, isCode, isUntagged, hasSyllables, hasUmlaut };
}
