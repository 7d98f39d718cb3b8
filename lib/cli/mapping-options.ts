import { PLACE_MAPPING_SPEC } from '../autocomplete/mapping.ts';
import type { ImageIndexOptions } from '../image-index.ts';
import { IMAGE_SETTINGS_SPEC } from '../knn/mapping.ts';
import type { PlaceIndexOptions } from '../place-options.ts';
import { defined } from '../options.ts';
import { type DeclaredFlags, flagsOf } from './declared.ts';

type PlaceMapping = NonNullable<PlaceIndexOptions['mapping']>;
type ImageMapping = NonNullable<ImageIndexOptions['mapping']>;
type Flags = Readonly<Record<string, unknown>>;

/** Sharding of a new index on a cluster; see `ShardNumbers`. */
export const SHARDS: DeclaredFlags<Pick<PlaceMapping, 'numberOfShards' | 'numberOfReplicas'>> =
  flagsOf(PLACE_MAPPING_SPEC, ['numberOfShards', 'numberOfReplicas']);

type GraphNames = 'engine' | 'compression' | 'm' | 'efConstruction' | 'efSearch' | 'collages';

/** How the vectors of a new image index are searched. */
export const GRAPH: DeclaredFlags<Pick<ImageMapping, GraphNames>> = flagsOf(IMAGE_SETTINGS_SPEC, [
  'engine',
  'compression',
  'm',
  'efConstruction',
  'efSearch',
  'collages',
]);

/** The image mapping that the flags give. */
export function imageMappingOf(flags: Flags): ImageMapping {
  return { ...SHARDS.read(flags), ...GRAPH.read(flags) };
}

/** A mapping as flags that give it: `--shards 4 --replicas 1`. */
export function mappingText(mapping: PlaceMapping | ImageMapping): string {
  const { numberOfShards, numberOfReplicas, ...graph } = mapping as ImageMapping;
  return [SHARDS.write(defined({ numberOfShards, numberOfReplicas })), GRAPH.write(graph)]
    .filter((text) => text !== '')
    .join(' ');
}

/** The flag of an option: `--knn-engine` for `knnEngine`. */
export function longFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
