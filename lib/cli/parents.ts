import { readBoundaries } from '../autocomplete/geography/boundaries.ts';
import type { BoundaryRef } from '../autocomplete/geography/boundary.ts';
import { OptionError, RecordError, quoteValue } from '../errors.ts';
import { readGeojsonFeatures } from '../source/features.ts';
import { readJsonLines } from '../source/json-lines.ts';
import { GEOGRAPHY_SPEC } from '../rebuild/geography.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { EXIT } from './exit-codes.ts';
import { note, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

const OUTLINES = flagsOf(GEOGRAPHY_SPEC, ['boundaries']);

/** `suoyin parents`: finds the country, region, city and district of points. */
export const parentsCommand: CommandSpec = {
  name: 'parents',
  summary: 'tell in which areas points lie; JSON lines in and out, in the same order',
  options: [
    ...OUTLINES.options.map((option) => ({ ...option, required: true as const })),
    {
      flags: '--points <file>',
      description: 'JSON lines {"lat","lon"} with "country" where it is known',
      required: true,
    },
    { ...JSON_OPTION, description: 'print JSON, as it does anyway' },
  ],
  examples: ['suoyin parents --boundaries outlines.geojson.gz --points points.jsonl'],
  async run({ options }, io) {
    const { boundaries: outlines, points } = options as { boundaries: string; points: string };
    const boundaries = readBoundaries(await readGeojsonFeatures(outlines));
    for (const failure of boundaries.failures) {
      note(io, `suoyin: ${outlines}: ${failure.message} [${failure.code}]`);
    }
    let bad = 0;
    for await (const { line, value, error } of readJsonLines(points, { pipe: true })) {
      try {
        if (error) throw error;
        const found = boundaries.parentsOf(readPoint(value, line));
        await printJson(io, {
          country: shortRef(found.country),
          region: shortRef(found.region),
          city: shortRef(found.city),
          district: shortRef(found.district),
        });
      } catch (fault) {
        if (!(fault instanceof RecordError || fault instanceof OptionError)) throw fault;
        bad += 1;
        await printJson(io, { error: fault.message, code: fault.code, line });
      }
    }
    return bad > 0 ? EXIT.failed : EXIT.done;
  },
};

function shortRef(ref: BoundaryRef | null): { id: string; name: string } | null {
  return ref && { id: ref.id, name: ref.name };
}

function readPoint(
  value: unknown,
  line: number,
): { lat: number; lon: number; country?: string | undefined } {
  const { lat, lon, country } = (value ?? {}) as {
    lat?: unknown;
    lon?: unknown;
    country?: unknown;
  };
  if (typeof lat === 'number' && typeof lon === 'number') {
    return { lat, lon, country: typeof country === 'string' ? country : undefined };
  }
  const what = `Line ${line} is ${quoteValue(value)} and no point`;
  const hint = 'Give {"lat": -90..90, "lon": -180..180} in degrees.';
  throw new RecordError('POINT_INVALID', what, hint, { field: null, value });
}
