import type { PlaceMappingOptions } from './autocomplete/mapping.ts';
import { elasticsearchBody } from './knn/elasticsearch.ts';
import { imageMapping, type ImageMappingOptions } from './knn/mapping.ts';
import { type NumberOption, settle, type Spec } from './options.ts';

/** What is to be stored, and how. */
export interface SizingInput {
  /** Number of places. Default 0. */
  places?: number;
  /** Number of pictures. Default 0. */
  images?: number;
  /** Dimensions of a vector, 1..16000. Default 132. */
  dimension?: number;
  /** Default: `opensearch` above a million pictures or three million places, else `embedded`. */
  engine?: 'embedded' | 'opensearch' | 'elasticsearch';
  /**
   * Compression of the vectors that a cluster keeps in memory: 2x is fp16, of OpenSearch only, as 16x is; 4x
   * is int8. Default 1x (none).
   */
  compression?: '1x' | '2x' | '4x' | '8x' | '16x' | '32x';
  /** Edges per node of the HNSW graph, 2..100. Default 16. */
  m?: number;
  /** Copies of each shard on a cluster beside the primary, 0..10. Default 1. */
  replicas?: number;
  /** Memory of one data node in GiB, 1..4096. Default 64. */
  nodeMemoryGib?: number;
  /** Disk of one data node in GiB, 1..1,000,000. Default 1024. */
  nodeDiskGib?: number;
}

/** One figure and how it was calculated. */
export interface SizingFigure {
  name: string;
  value: number;
  unit: 'bytes' | 'shards' | 'nodes';
  /** The arithmetic, with the numbers filled in. */
  formula: string;
  /** Where its constants come from. */
  source: string;
}

/** What a deployment needs. */
export interface Sizing {
  engine: 'embedded' | 'opensearch' | 'elasticsearch';
  figures: SizingFigure[];
  /** The limit that decides the number of data nodes; null on the embedded engine. */
  decidedBy: 'copies' | 'graphs' | 'disk' | 'shards' | null;
  /** Recommended index settings on a cluster: `mapping` of `PlaceIndex` and `ImageIndex`. */
  settings: { places?: PlaceMappingOptions; images?: ImageMappingOptions };
  /** Caveats, one sentence each. */
  notes: string[];
}

/** Bytes on disk, measured; see docs/operating.md for the commands. */
const MEASURED = {
  placeEmbedded: 3500,
  placeOpenSearch: 1100,
  /** Hashes, terms, preview and JSON of a picture, without its vectors. */
  imageEmbedded: 4750,
  imageOpenSearch: 2350,
  /** Overhead of one vector, on top of its numbers. */
  vectorEmbedded: 60,
  /**
   * Per number of a vector: JSON in `_source`, doc values, the vector itself and its graph edges.
   */
  numberOpenSearch: 17,
  /**
   * Vectors per picture: two photographs in a hundred have borders, hence a second, trimmed vector.
   */
  views: 1.02,
} as const;

const GIB: number = 2 ** 30;
/** Target size of a shard; larger ones merge and relocate slowly. */
const SHARD_BYTES: number = 30 * GIB;
/** Share of a node's memory outside the heap that graphs may take. */
const GRAPH_SHARE = 0.5;
/** Above 32 GiB the JVM loses compressed pointers, so a larger heap gains nothing. */
const HEAP_MAX_GIB = 32;
/** Share of a disk above which OpenSearch allocates no more shards to the node. */
const WATERMARK = 0.85;
const SHARDS_PER_HEAP_GIB = 25;
const SHARDS_PER_NODE = 1000;
/** A rebuilt generation and its predecessor coexist until `gc`. */
const GENERATIONS = 2;

const SOURCES = {
  measured: 'measured: npm run bench -- size, docs/operating.md',
  graphs: 'docs.opensearch.org, Methods and engines: HNSW memory estimation',
  shardBytes: 'AWS Well-Architected, OpenSearch Service Lens AOSPERF01-BP01: 10 to 50 GiB a shard',
  heap: 'docs.opensearch.org, Installing OpenSearch: half of the memory; at most 32 GiB, for compressed pointers',
  graphRoom: 'docs.opensearch.org, k-NN settings: knn.memory.circuit_breaker.limit',
  diskRoom:
    'docs.opensearch.org, Cluster settings: cluster.routing.allocation.disk.watermark.low; during a rebuild two generations coexist',
  shardRoom: 'AOSPERF01-BP01: at most 25 shards a GiB of heap and 1,000 a node; a rebuild as above',
  copies: 'a replica is never on the node of its primary',
} as const;

const count = (
  type: 'whole' | 'number',
  [min, max]: readonly [number, number],
  byDefault: number,
  help: string,
): NumberOption & { default: number } => ({
  type,
  min,
  max,
  default: byDefault,
  code: 'SIZE_INVALID',
  help,
});

/** Options of `sizeDeployment`. */
export const SIZING_SPEC: Spec<
  SizingInput,
  | 'places'
  | 'images'
  | 'dimension'
  | 'compression'
  | 'm'
  | 'replicas'
  | 'nodeMemoryGib'
  | 'nodeDiskGib'
> = {
  code: 'SIZE_INVALID',
  fault: '{} is out of range',
  options: {
    places: count('number', [0, 1e12], 0, 'number of places'),
    images: count('number', [0, 1e12], 0, 'number of pictures'),
    dimension: count('whole', [1, 16_000], 132, 'numbers of a vector'),
    engine: {
      type: 'text',
      choices: ['embedded', 'opensearch', 'elasticsearch'],
      otherwise: 'by the numbers',
      help: 'where they are kept',
    },
    compression: {
      type: 'text',
      choices: ['1x', '2x', '4x', '8x', '16x', '32x'],
      default: '1x',
      help: 'of vectors in memory on a cluster',
    },
    m: count('whole', [2, 100], 16, 'edges of a node of the graph'),
    replicas: count('whole', [0, 10], 1, 'copies of each shard'),
    nodeMemoryGib: { ...count('number', [1, 4096], 64, 'memory of one data node'), unit: 'GiB' },
    nodeDiskGib: { ...count('number', [1, 1e6], 1024, 'disk of one data node'), unit: 'GiB' },
  },
};

/**
 * Estimates disk, memory, shards and nodes for a number of places and pictures, with the
 * arithmetic.
 *
 * Extrapolated from measured indexes of 10^5 pictures and 10^5 to 10^6 places. Names in many
 * languages, long captions and fields of your own need more.
 *
 * @throws {OptionError} `SIZE_INVALID` for a value that is not a number or is out of range, `MAPPING_INVALID` for
 *   vectors that Elasticsearch has not.
 */
export function sizeDeployment(input: SizingInput): Sizing {
  const { engine: wanted, ...numbers } = settle(SIZING_SPEC, input);
  const { places, images, dimension, m, replicas, compression, nodeMemoryGib, nodeDiskGib } =
    numbers;
  const engine = wanted ?? (images > 1e6 || places > 3e6 ? 'opensearch' : 'embedded');
  const shared = { places, images, dimension, m };
  return engine === 'embedded'
    ? onEmbedded(shared)
    : onCluster(engine, { ...shared, replicas, compression, nodeMemoryGib, nodeDiskGib });
}

interface Wanted {
  places: number;
  images: number;
  dimension: number;
  m: number;
}

function onEmbedded({ places, images, dimension, m }: Wanted): Sizing {
  const vectors = Math.round(images * MEASURED.views);
  const graph = vectors >= 100_000;
  const perVector = dimension * 4 + MEASURED.vectorEmbedded + (graph ? dimension * 2 + m * 12 : 0);
  const notes = [
    'One file on one machine; any number of processes read it, one writes.',
    'A rebuild needs twice this disk: the old generation stays until it is dropped.',
  ];
  if (graph)
    notes.push('Install usearch: from 100,000 vectors on, a rebuild builds a graph with it.');
  if (images > 1e6 || places > 3e6) notes.push('Beyond the measured range: use OpenSearch.');
  return {
    engine: 'embedded',
    figures: [
      {
        name: 'disk',
        value:
          places * MEASURED.placeEmbedded + images * MEASURED.imageEmbedded + vectors * perVector,
        unit: 'bytes',
        formula: `${places} x ${MEASURED.placeEmbedded} + ${images} x ${MEASURED.imageEmbedded} + ${vectors} x ${perVector}`,
        source: SOURCES.measured,
      },
      {
        name: 'memory',
        value: 230e6 + 600 * places + vectors * dimension * 4,
        unit: 'bytes',
        formula: `230e6 + 600 x ${places} + ${vectors} x ${dimension} x 4`,
        source:
          'resident memory measured at 10^5 and 10^6 places; the vectors are added so that they stay in the page cache',
      },
    ],
    decidedBy: null,
    settings: {},
    notes,
  };
}

interface Cluster {
  replicas: number;
  compression: NonNullable<SizingInput['compression']>;
  nodeMemoryGib: number;
  nodeDiskGib: number;
}

function onCluster(
  product: Exclude<Sizing['engine'], 'embedded'>,
  wanted: Wanted & Cluster,
): Sizing {
  const { places, images, dimension, m, replicas, compression } = wanted;
  const vectors = Math.round(images * MEASURED.views);
  const copies = 1 + replicas;
  const placeBytes = places * MEASURED.placeOpenSearch;
  const imageBytes =
    images * MEASURED.imageOpenSearch + vectors * dimension * MEASURED.numberOpenSearch;
  const disk = (placeBytes + imageBytes) * copies;
  const ratio = Number(compression.slice(0, -1));
  const graphs = Math.round(1.1 * ((4 * dimension) / ratio + 8 * m) * vectors * copies);
  const [placeShards, imageShards] = [shardsFor(placeBytes), shardsFor(imageBytes)];
  const shards = placeShards + imageShards;
  const onOpenSearch = product === 'opensearch';
  const engine = onOpenSearch && (images > 1e7 || ratio > 1) ? 'faiss' : 'lucene';
  const settings: Sizing['settings'] = {};
  if (places > 0) settings.places = { numberOfShards: placeShards, numberOfReplicas: replicas };
  if (images > 0) {
    const cut = { numberOfShards: imageShards, numberOfReplicas: replicas };
    settings.images = { ...cut, engine, m, ...(ratio > 1 ? { compression } : {}) };
    // Throws for what it has no index for.
    if (!onOpenSearch) elasticsearchBody(imageMapping({ dimension, m, compression }));
  }
  const notes = ['A rebuild needs twice this disk; the number of nodes includes that.'];
  if (!onOpenSearch) notes.push('Measured on OpenSearch, which keeps the same files of Lucene.');
  if (engine === 'faiss')
    notes.push(
      'suoyin can create faiss indexes but has not been tested with them: try it on your own data.',
    );
  if (images >= 1e8 && ratio < 32)
    notes.push('Keep raw vectors outside memory: --compression 32x with rescoring.');
  const nodes = nodesFor({ ...wanted, copies, disk, graphs, shards: shards * copies });
  return {
    engine: product,
    figures: [
      {
        name: 'disk, all copies',
        value: disk,
        unit: 'bytes',
        formula: `(${places} x ${MEASURED.placeOpenSearch} + ${images} x ${MEASURED.imageOpenSearch} + ${vectors} x ${dimension} x ${MEASURED.numberOpenSearch}) x ${copies}`,
        source: SOURCES.measured,
      },
      {
        name: 'memory for graphs, all copies',
        value: graphs,
        unit: 'bytes',
        formula: `1.1 x (4 x ${dimension} / ${ratio} + 8 x ${m}) x ${vectors} x ${copies}`,
        source: SOURCES.graphs,
      },
      {
        name: 'shards, primary',
        value: shards,
        unit: 'shards',
        formula: `ceil(bytes of an index / ${SHARD_BYTES / GIB} GiB) each`,
        source: SOURCES.shardBytes,
      },
      ...nodes.figures,
    ],
    decidedBy: nodes.decidedBy,
    settings,
    notes,
  };
}

/** How many data nodes each limit requires, and which limit requires the most. */
function nodesFor(
  needs: Cluster & { copies: number; disk: number; graphs: number; shards: number },
): { figures: SizingFigure[]; decidedBy: NonNullable<Sizing['decidedBy']> } {
  const { copies, disk, graphs, shards, nodeMemoryGib, nodeDiskGib } = needs;
  const heap = Math.min(nodeMemoryGib / 2, HEAP_MAX_GIB);
  const shardRoom = Math.max(1, Math.min(Math.floor(SHARDS_PER_HEAP_GIB * heap), SHARDS_PER_NODE));
  const nodes = {
    copies,
    graphs: Math.ceil(graphs / ((nodeMemoryGib - heap) * GIB * GRAPH_SHARE)),
    disk: Math.ceil((GENERATIONS * disk) / (nodeDiskGib * GIB * WATERMARK)),
    shards: Math.ceil((GENERATIONS * shards) / shardRoom),
  };
  const ordered = ['copies', 'graphs', 'disk', 'shards'] as const;
  const decidedBy = ordered.reduce((most, by) => (nodes[by] > nodes[most] ? by : most));
  const figures: SizingFigure[] = [
    {
      name: 'heap of a node',
      value: heap * GIB,
      unit: 'bytes',
      formula: `min(${nodeMemoryGib} GiB / 2, ${HEAP_MAX_GIB} GiB)`,
      source: SOURCES.heap,
    },
    {
      name: 'nodes for graphs',
      value: nodes.graphs,
      unit: 'nodes',
      formula: `ceil(memory for graphs / (${nodeMemoryGib - heap} GiB beside the heap x ${GRAPH_SHARE}))`,
      source: SOURCES.graphRoom,
    },
    {
      name: 'nodes for disk',
      value: nodes.disk,
      unit: 'nodes',
      formula: `ceil(${GENERATIONS} x disk / (${nodeDiskGib} GiB x ${WATERMARK}))`,
      source: SOURCES.diskRoom,
    },
    {
      name: 'nodes for shards',
      value: nodes.shards,
      unit: 'nodes',
      formula: `ceil(${GENERATIONS} x ${shards} of all copies / ${shardRoom} a node)`,
      source: SOURCES.shardRoom,
    },
    {
      name: 'data nodes',
      value: nodes[decidedBy],
      unit: 'nodes',
      formula: `max(${ordered.map((by) => `${by} ${nodes[by]}`).join(', ')}), decided by ${decidedBy}`,
      source: SOURCES.copies,
    },
  ];
  return { figures, decidedBy };
}

function shardsFor(bytes: number): number {
  return bytes === 0 ? 0 : Math.max(1, Math.ceil(bytes / SHARD_BYTES));
}
