import { OptionError, quoteValue } from './errors.ts';

/** What is to be kept, and how. */
export interface SizingInput {
  /** Number of places. Default 0. */
  places?: number;
  /** Number of pictures. Default 0. */
  images?: number;
  /** Numbers of a vector, 1..16000. Default 132. */
  dimension?: number;
  /** Default `opensearch` from a million pictures or three million places on, else `embedded`. */
  engine?: 'embedded' | 'opensearch';
  /** What is kept of vectors in memory on OpenSearch: 1x, 2x (fp16), 8x, 16x, 32x. Default 1x. */
  compression?: '1x' | '2x' | '8x' | '16x' | '32x';
  /** Edges of a node of the graph. Default 16. */
  m?: number;
  /** Copies of each shard on OpenSearch. Default 1. */
  replicas?: number;
  /** Memory of one data node in GiB, half of it heap. Default 64. */
  nodeMemoryGib?: number;
}

/** One figure with the way to it. */
export interface SizingFigure {
  name: string;
  value: number;
  unit: 'bytes' | 'shards' | 'nodes';
  /** The arithmetic, with the numbers in it. */
  formula: string;
  /** Where its constants come from. */
  source: string;
}

/** What a deployment needs. */
export interface Sizing {
  engine: 'embedded' | 'opensearch';
  figures: SizingFigure[];
  /** Settings that follow, as options of `placeMapping`, `imageMapping` and `embedded`. */
  settings: Readonly<Record<string, string | number>>;
  /** What to know before. */
  notes: string[];
}

/** Bytes on disk, measured; see docs/operating.md for the commands. */
const MEASURED = {
  placeEmbedded: 3500,
  placeOpenSearch: 1100,
  /** Hashes, terms, preview and JSON of a picture, without its vectors. */
  imageEmbedded: 4750,
  imageOpenSearch: 2350,
  /** What a vector needs beside its numbers. */
  vectorEmbedded: 60,
  /** Of a vector, per number: JSON in `_source`, doc values, the vector itself and its edges. */
  numberOpenSearch: 25,
  /** Views of a picture: of one photograph in a hundred the whole and what its borders enclose. */
  views: 1.02,
} as const;

const GIB: number = 2 ** 30;
/** Bytes of a shard that merges and moves well: 10 to 50 GB are advised by OpenSearch for search. */
const SHARD_BYTES: number = 30 * GIB;
/** Share of the memory of a node beside its heap that graphs may take (`knn.memory.circuit_breaker.limit`). */
const GRAPH_SHARE = 0.5;

/**
 * Disk, memory, shards and nodes for a number of places and pictures, with the arithmetic.
 *
 * An estimate from measured indexes, of 10^5 pictures and 10^5 to 10^6 places: names in many languages,
 * long captions and fields of your own come on top.
 *
 * @throws {OptionError} `SIZE_INVALID` for what is no number in range.
 */
export function sizeDeployment(input: SizingInput): Sizing {
  const { places = 0, images = 0, dimension = 132, m = 16, replicas = 1 } = input;
  const { compression = '1x', nodeMemoryGib = 64 } = input;
  checkRange('places', places, 0, 1e12);
  checkRange('images', images, 0, 1e12);
  checkRange('dimension', dimension, 1, 16_000);
  checkRange('m', m, 2, 100);
  checkRange('replicas', replicas, 0, 10);
  checkRange('nodeMemoryGib', nodeMemoryGib, 1, 4096);
  const engine = input.engine ?? (images > 1e6 || places > 3e6 ? 'opensearch' : 'embedded');
  const shared = { places, images, dimension, m };
  return engine === 'embedded'
    ? onEmbedded(shared)
    : onOpenSearch({ ...shared, replicas, compression, nodeMemoryGib });
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
    'One file, one machine, any number of reading processes, one that writes.',
    'A rebuild needs the disk twice: the old generation stays until it is dropped.',
  ];
  if (graph)
    notes.push('Install usearch: from 100,000 vectors on a rebuild makes a graph with it.');
  if (images > 1e6 || places > 3e6) notes.push('Over what was measured: use OpenSearch.');
  return {
    engine: 'embedded',
    figures: [
      {
        name: 'disk',
        value:
          places * MEASURED.placeEmbedded + images * MEASURED.imageEmbedded + vectors * perVector,
        unit: 'bytes',
        formula: `${places} x ${MEASURED.placeEmbedded} + ${images} x ${MEASURED.imageEmbedded} + ${vectors} x ${perVector}`,
        source: 'measured, see docs/operating.md',
      },
      {
        name: 'memory',
        value: 230e6 + 600 * places + vectors * dimension * 4,
        unit: 'bytes',
        formula: `230e6 + 600 x ${places} + ${vectors} x ${dimension} x 4`,
        source:
          'resident at 10^5 and 10^6 places; vectors so that the file stays in the page cache',
      },
    ],
    settings: graph ? { graphFrom: 100_000 } : {},
    notes,
  };
}

function onOpenSearch(
  wanted: Wanted & { replicas: number; compression: string; nodeMemoryGib: number },
): Sizing {
  const { places, images, dimension, m, replicas, compression, nodeMemoryGib } = wanted;
  const vectors = Math.round(images * MEASURED.views);
  const copies = 1 + replicas;
  const imageBytes =
    images * MEASURED.imageOpenSearch + vectors * dimension * MEASURED.numberOpenSearch;
  const primary = places * MEASURED.placeOpenSearch + imageBytes;
  const ratio = Number(compression.slice(0, -1));
  const graphBytes = Math.round(1.1 * ((4 * dimension) / ratio + 8 * m) * vectors * copies);
  const perNode = (nodeMemoryGib / 2) * GIB * GRAPH_SHARE;
  const placeShards = shardsFor(places * MEASURED.placeOpenSearch);
  const imageShards = shardsFor(imageBytes);
  const nodes = Math.max(copies, Math.ceil(graphBytes / perNode));
  const faiss = images > 1e7 || ratio > 1;
  const settings: Record<string, string | number> = { numberOfReplicas: replicas };
  if (places > 0) settings['places.numberOfShards'] = placeShards;
  if (images > 0) {
    settings['images.numberOfShards'] = imageShards;
    settings['images.engine'] = faiss ? 'faiss' : 'lucene';
    settings['images.m'] = m;
    if (ratio > 1) settings['images.compression'] = compression;
  }
  const notes = ['A rebuild needs the disk twice: the old generation stays until gc.'];
  if (faiss)
    notes.push('faiss is mapped and documented, but untested by suoyin: try it on your data.');
  if (images >= 1e8 && ratio < 32)
    notes.push('Keep raw vectors outside memory: --compression 32x with rescoring.');
  return {
    engine: 'opensearch',
    figures: [
      {
        name: 'disk, all copies',
        value: primary * copies,
        unit: 'bytes',
        formula: `(${places} x ${MEASURED.placeOpenSearch} + ${images} x ${MEASURED.imageOpenSearch} + ${vectors} x ${dimension} x ${MEASURED.numberOpenSearch}) x ${copies}`,
        source: 'measured, see docs/operating.md',
      },
      {
        name: 'memory for graphs, all copies',
        value: graphBytes,
        unit: 'bytes',
        formula: `1.1 x (4 x ${dimension} / ${ratio} + 8 x ${m}) x ${vectors} x ${copies}`,
        source: 'OpenSearch documentation, k-NN: memory estimation for HNSW',
      },
      {
        name: 'shards, primary',
        value: placeShards + imageShards,
        unit: 'shards',
        formula: `ceil(bytes of an index / ${SHARD_BYTES / GIB} GiB) each`,
        source: 'OpenSearch documentation: 10 to 50 GB a shard',
      },
      {
        name: 'data nodes',
        value: nodes,
        unit: 'nodes',
        formula: `max(${copies}, ceil(graphs / (${nodeMemoryGib} GiB / 2 x ${GRAPH_SHARE})))`,
        source: 'half of a node is heap; knn.memory.circuit_breaker.limit is 50 % of the rest',
      },
    ],
    settings,
    notes,
  };
}

function shardsFor(bytes: number): number {
  return bytes === 0 ? 0 : Math.max(1, Math.ceil(bytes / SHARD_BYTES));
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (Number.isFinite(value) && value >= min && value <= max) return;
  const what = `${name} ${quoteValue(value)} is out of range`;
  throw new OptionError('SIZE_INVALID', what, `Use a number from ${min} to ${max}.`);
}
