import type { ImageIndexOptions } from '../image-index.ts';
import type { PlaceIndexOptions } from '../place-index.ts';
import type { OptionSpec } from './command.ts';
import { numberFor, wholeFor } from './options.ts';

/** How a new index on a cluster is cut; see `ShardNumbers`. */
export const SHARD_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--shards <n>',
    description: 'cluster: primary shards of a new index (default: as the live one has, or 1)',
    parse: wholeFor('--shards', { min: 1, max: 1024 }),
  },
  {
    flags: '--replicas <n>',
    description: 'cluster: copies of each shard (default: as the live one has, or 1)',
    parse: wholeFor('--replicas', { min: 0, max: 1024 }),
  },
];

/** How the vectors of a new image index are searched. */
export const GRAPH_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--knn-engine <name>',
    description: 'images: library behind the graph on OpenSearch (default: lucene)',
    choices: ['lucene', 'faiss'],
  },
  {
    flags: '--compression <level>',
    description: 'images: of vectors in memory on a cluster (default: 1x)',
    choices: ['1x', '2x', '4x', '8x', '16x', '32x'],
  },
  {
    flags: '--m <n>',
    description: 'images: edges of a node (default: 16)',
    parse: numberFor('--m'),
  },
  {
    flags: '--ef-construction <n>',
    description: 'images: width of the search while the graph is built (default: 100)',
    parse: numberFor('--ef-construction'),
  },
  {
    flags: '--ef-search <n>',
    description: 'images: width of the search in a query (default: 100)',
    parse: numberFor('--ef-search'),
  },
];

type PlaceMapping = NonNullable<PlaceIndexOptions['mapping']>;
type ImageMapping = NonNullable<ImageIndexOptions['mapping']>;

/** Flag by option of the library. */
const SHARD_FLAGS = { numberOfShards: 'shards', numberOfReplicas: 'replicas' } as const;
const IMAGE_FLAGS = {
  ...SHARD_FLAGS,
  engine: 'knnEngine',
  compression: 'compression',
  m: 'm',
  efConstruction: 'efConstruction',
  efSearch: 'efSearch',
} as const;

type Flags = Readonly<Record<string, unknown>>;

/** What the flags say of an index of places or notes. */
export function shardsOf(flags: Flags): PlaceMapping {
  return given(flags, SHARD_FLAGS);
}

/** What the flags say of an image index. */
export function imageMappingOf(flags: Flags): ImageMapping {
  return given(flags, IMAGE_FLAGS);
}

/** A mapping as the flags that say it: `--shards 4 --replicas 1`. */
export function flagsOf(mapping: PlaceMapping | ImageMapping): string {
  const known: Readonly<Record<string, string>> = IMAGE_FLAGS;
  const words = Object.entries(mapping).map(
    ([name, value]) => `${longFlag(known[name]!)} ${String(value)}`,
  );
  return words.join(' ');
}

/** `knnEngine` as it is typed: `--knn-engine`. */
export function longFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function given(flags: Flags, names: Readonly<Record<string, string>>): Record<string, unknown> {
  const pairs = Object.entries(names).map(([name, flag]) => [name, flags[flag]] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
