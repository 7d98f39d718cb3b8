import { type Boundaries, readBoundaries } from '../autocomplete/geography/boundaries.ts';
import { type Correction, readCorrection } from '../autocomplete/geography/corrections.ts';
import { SearchError } from '../errors.ts';
import { type CustomOption, OPTION_INVALID, type Spec } from '../options.ts';
import { type DeadLetters, deadLetterOf } from '../source/dead-letters.ts';
import { readGeojsonFeatures } from '../source/features.ts';
import { openSource } from '../source/source.ts';

/** What determines parents beside the records themselves. */
export interface GeographySource {
  /** Path of a GeoJSON FeatureCollection (packed with gzip or not), or its features. */
  boundaries?: string | readonly object[];
  /** Path of a JSON lines file of corrections, or the corrections. */
  corrections?: string | readonly object[];
}

const fileOr = (
  flag: string,
  items: string,
  help: string,
): CustomOption & { default?: undefined } => ({
  type: 'custom',
  fits: (value) => typeof value === 'string' || Array.isArray(value),
  flag: `${flag} <file>`,
  wanted: `the path of a file, or a list of ${items}`,
  help,
});

/** Options of what determines parents. */
export const GEOGRAPHY_SPEC: Spec<GeographySource> = {
  code: OPTION_INVALID,
  options: {
    boundaries: fileOr('--boundaries', 'features', 'outlines: GeoJSON'),
    corrections: fileOr('--corrections', 'corrections', 'parents set by hand: JSON lines'),
  },
};

/** Outlines and corrections that were read. */
export interface Geography {
  boundaries: Boundaries | null;
  corrections: ReadonlyMap<string, Correction>;
  /** Ids of places that outlines or corrections may name as a parent. */
  placeIds: ReadonlySet<string>;
}

/** Reads outlines and corrections; what can't be used becomes a dead letter. */
export async function loadGeography(
  source: GeographySource,
  letters: DeadLetters,
): Promise<Geography> {
  const placeIds = new Set<string>();
  const corrections = new Map<string, Correction>();
  for await (const { file, line, value, error } of linesOf(source.corrections)) {
    try {
      if (error) throw error;
      const correction = readCorrection(value);
      corrections.set(correction.id, correction);
      if (correction.parent !== null) placeIds.add(correction.parent);
    } catch (fault) {
      if (!(fault instanceof SearchError)) throw fault;
      letters.add(deadLetterOf(fault, { file, line }, value));
    }
  }
  if (source.boundaries === undefined) return { boundaries: null, corrections, placeIds };

  const given = source.boundaries;
  const features = typeof given === 'string' ? await readGeojsonFeatures(given) : given;
  const file = typeof given === 'string' ? given : '(boundaries)';
  for (const feature of features) {
    const id = (feature as { properties?: { id?: unknown } | null }).properties?.id;
    if (typeof id === 'string') placeIds.add(id);
  }
  const boundaries = readBoundaries(features);
  for (const failure of boundaries.failures) {
    letters.add(deadLetterOf(failure, { file, line: 0 }, null));
  }
  return { boundaries, corrections, placeIds };
}

async function* linesOf(
  given: string | readonly object[] | undefined,
): ReturnType<Awaited<ReturnType<typeof openSource>>['lines']> {
  if (given === undefined) return;
  yield* (await openSource(given)).lines();
}
