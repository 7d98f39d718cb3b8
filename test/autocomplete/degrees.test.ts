import { expect } from 'chai';
import fc from 'fast-check';

import { readDegrees } from '../../lib/autocomplete/record/degrees.ts';
import { examinePlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { exampleRecords } from '../support/example-places.ts';
import { runs } from '../support/properties.ts';
import { givenSeed } from '../support/seed.ts';

/** Ways to write a coordinate. @param size - Without its sign. */
const WAYS: readonly ((size: number, names: readonly [letter: string, han: string]) => string)[] = [
  (size, [letter]) => `${minutes(size, ['°', "'", '"'])}${letter}`,
  (size, [letter]) => `${letter} ${minutes(size, ['° ', '′ ', '″'])}`,
  (size, [, han]) => `${han}${minutes(size, ['度', '分', '秒'])}`,
  (size, [letter]) => `${size}°${letter}`,
  (size, [letter]) => `${size}${letter.toLowerCase()}`,
  (size, [, han]) => `${han}${String(size).replace('.', ',')}度`,
];

function minutes(
  size: number,
  [degree, minute, second]: readonly [string, string, string],
): string {
  const seconds = Math.round(size * 3600 * 1e4) / 1e4;
  const rest = Number((seconds % 60).toFixed(4));
  return `${Math.floor(seconds / 3600)}${degree}${Math.floor(seconds / 60) % 60}${minute}${rest}${second}`;
}

describe('readDegrees', () => {
  const cases: [text: string, axis: 'lat' | 'lon', degrees: number | null][] = [
    ['25°06\'35"N', 'lat', 25.1097222],
    ["121° 50.7' E", 'lon', 121.845],
    ['北緯24.9度', 'lat', 24.9],
    ['東経139度41分30秒', 'lon', 139.6916667],
    ['동경 126도 58분', 'lon', 126.9666667],
    ['33°52′S', 'lat', -33.8666667],
    ['-0,1278', 'lon', -0.1278],
    ['２５．１°', 'lat', 25.1],
    ['25,1098', 'lat', 25.1098],
    ['121.8E', 'lat', null],
    ['-25°N', 'lat', null],
    ['25°61\'00"', 'lat', null],
    ["25.5°30'", 'lat', null],
    ['N25°N', 'lat', null],
    ['25 06 35', 'lat', null],
    ['25.1, 121.8', 'lat', null],
    ['北', 'lat', null],
    ['', 'lat', null],
  ];
  for (const [text, axis, degrees] of cases) {
    it(`reads ${JSON.stringify(text)} as ${axis} ${String(degrees)}`, () => {
      expect(readDegrees(text, axis)).to.equal(degrees);
    });
  }

  it('reads the coordinates of places in every way that they are written in', () => {
    const points = exampleRecords().flatMap(({ location }) => location ?? []);
    fc.assert(
      fc.property(
        fc.constantFrom(...points),
        fc.constantFrom(...WAYS),
        fc.boolean(),
        fc.boolean(),
        (point, write, south, west) => {
          const [lat, lon] = [Math.abs(point.lat), Math.abs(point.lon)];
          const [latNames, lonNames] = [
            south ? ['S', '南緯'] : ['N', '北緯'],
            west ? ['W', '西經'] : ['E', '東經'],
          ];
          const latText = write(lat, latNames as [string, string]);
          const lonText = write(lon, lonNames as [string, string]);
          expect(readDegrees(latText, 'lat'), latText).to.be.closeTo(south ? -lat : lat, 1e-7);
          expect(readDegrees(lonText, 'lon'), lonText).to.be.closeTo(west ? -lon : lon, 1e-7);
          expect(readDegrees(lonText, 'lat')).to.equal(null);
          expect(readDegrees(latText, 'lon')).to.equal(null);
        },
      ),
      { numRuns: runs(500), seed: givenSeed() ?? Date.now() },
    );
  });
});

describe('coordinates of a record', () => {
  const recordOf = (lat: unknown, lon: unknown) => ({ id: '1', name: '九份', lat, lon });

  it('are taken as people write them, which is told', () => {
    const told: string[] = [];
    const { location } = examinePlaceRecord(recordOf('25°06\'35"N', '121,845'), (warning) => {
      told.push(`${warning.code} ${warning.field} ${String(warning.meant)}`);
    });
    expect(location).to.deep.equal({ lat: 25.1097222, lon: 121.845 });
    expect(told).to.deep.equal(['VALUE_CORRECTED lat 25.1097222', 'VALUE_CORRECTED lon 121.845']);
  });

  it('of a projection are refused with the word for it, and swapped ones with theirs', () => {
    const messageOf = (lat: unknown, lon: unknown): string => {
      try {
        examinePlaceRecord(recordOf(lat, lon), () => undefined);
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    expect(messageOf(2778000, 327000)).to.include('converted to WGS 84');
    expect(messageOf('121.8E', '25.1N')).to.include('is not a coordinate');
    expect(messageOf(121.8, 25.1)).to.include('may be swapped').and.to.not.include('WGS 84');
  });
});
