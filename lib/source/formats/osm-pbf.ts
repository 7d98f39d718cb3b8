import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { PbfReader } from 'pbf';
import { RecordError } from '../../errors.ts';
import { greatestOf, leastOf } from '../../extremes.ts';
import { readBytes } from '../bytes.ts';
import type { JsonLine } from '../json-value.ts';
import type { Point } from './label-point.ts';
import { recordOfTags } from './osm-tags.ts';

const unpack = promisify(inflate);

/** Longest header and blob of the format, in bytes. */
const [MAX_HEADER, MAX_BLOB] = [64 << 10, 32 << 20];
/** What coordinates count in, in degrees. */
const NANODEGREE = 1e-9;

/** Whether a file is an extract: its first blob is the header. */
export function isOsmPbf(head: Buffer): boolean {
  return head.subarray(4, 40).includes('OSMHeader');
}

/** Where the elements with a name are: read once, then kept. */
interface Positions {
  /** By id of a way: its first node and the one opposite, which bound it roughly. */
  ways: Map<number, readonly [number, number]>;
  nodes: Map<number, Point>;
}

const kept = new WeakMap<object, Positions>();

/**
 * Reads the named elements of an OpenStreetMap extract. A way stands between its first node and the
 * one opposite; a relation where its label or admin_centre is, else in the middle of its outer ways.
 *
 * @param cache - Calls with the same object read positions only once. Memory grows with the number of
 *   named ways and relations.
 * @returns Records with their ordinal number as their line.
 * @throws {RecordError} `TRUNCATED_PBF`, `CORRUPT_PBF`, with the byte.
 * @see https://wiki.openstreetmap.org/wiki/PBF_Format
 */
export async function* readOsmPbf(
  path: string,
  onRead?: (bytes: number) => void,
  cache: object = {},
): AsyncGenerator<JsonLine> {
  const positions = kept.get(cache) ?? (await findPositions(path));
  kept.set(cache, positions);
  const { nodes, ways } = positions;
  const middleOf = (ids: readonly (number | undefined)[]): Point | null => {
    const points = ids.flatMap((id) => nodes.get(id!) ?? []);
    if (points.length === 0) return null;
    const middle = (values: readonly number[]): number =>
      (leastOf(values) + greatestOf(values)) / 2;
    const { lat, lon } = {
      lat: middle(points.map((point) => point.lat)),
      lon: middle(points.map((point) => point.lon)),
    };
    return { lat: rounded(lat), lon: rounded(lon) };
  };
  let line = 0;
  for await (const block of readBlocks(path, onRead)) {
    for (const { id, tags, lat, lon } of block.nodes) {
      const record = tags && recordOfTags(tags);
      if (record) yield { line: (line += 1), value: { id: `node/${id}`, ...record, lat, lon } };
    }
    for (const { id, tags } of block.ways) {
      const record = recordOfTags(tags);
      if (!record) continue;
      const value = { id: `way/${id}`, ...record, ...middleOf(ways.get(id) ?? []) };
      yield { line: (line += 1), value };
    }
    for (const relation of block.relations) {
      const record = recordOfTags(relation.tags);
      if (!record) continue;
      const { label, outer } = partsOf(relation);
      const point =
        middleOf(label === null ? [] : [label]) ??
        middleOf(outer.flatMap((id) => ways.get(id) ?? []));
      yield { line: (line += 1), value: { id: `relation/${relation.id}`, ...record, ...point } };
    }
  }
}

/** Three passes, since an extract has nodes first, then ways, then relations. */
async function findPositions(path: string): Promise<Positions> {
  const wantedWays = new Set<number>();
  const positions: Positions = { ways: new Map(), nodes: new Map() };
  const wantedNodes = new Set<number>();
  for await (const { relations } of readBlocks(path)) {
    for (const relation of relations) {
      if (!recordOfTags(relation.tags)) continue;
      const { label, outer } = partsOf(relation);
      if (label !== null) wantedNodes.add(label);
      else for (const id of outer) wantedWays.add(id);
    }
  }
  for await (const { ways } of readBlocks(path)) {
    for (const { id, tags, refs } of ways) {
      if (refs.length === 0 || !(wantedWays.has(id) || recordOfTags(tags))) continue;
      const ends = [refs[0]!, refs[Math.floor(refs.length / 2)]!] as const;
      positions.ways.set(id, ends);
      for (const node of ends) wantedNodes.add(node);
    }
  }
  if (wantedNodes.size === 0) return positions;
  for await (const { nodes } of readBlocks(path)) {
    for (const { id, lat, lon } of nodes) {
      if (wantedNodes.has(id)) positions.nodes.set(id, { lat, lon });
    }
  }
  return positions;
}

interface Relation {
  id: number;
  tags: Record<string, string>;
  members: { type: number; id: number; role: string }[];
}

interface Block {
  nodes: { id: number; lat: number; lon: number; tags: Record<string, string> | null }[];
  ways: { id: number; tags: Record<string, string>; refs: number[] }[];
  relations: Relation[];
}

const [NODE, WAY] = [0, 1];

function partsOf({ members }: Relation): { label: number | null; outer: number[] } {
  const node = (role: string): number | undefined =>
    members.find((member) => member.type === NODE && member.role === role)?.id;
  const outer = members.filter(({ type, role }) => type === WAY && role !== 'inner');
  return { label: node('label') ?? node('admin_centre') ?? null, outer: outer.map(({ id }) => id) };
}

async function* readBlocks(path: string, onRead?: (bytes: number) => void): AsyncGenerator<Block> {
  for await (const { type, data, at } of readBlobs(path, onRead)) {
    if (type !== 'OSMData') continue;
    try {
      yield blockOf(await contentOf(data));
    } catch (cause) {
      throw corrupt(path, at, cause);
    }
  }
}

/** Type and content of each blob, and the byte that it begins at. */
async function* readBlobs(
  path: string,
  onRead?: (bytes: number) => void,
): AsyncGenerator<{ type: string; data: Buffer; at: number }> {
  const chunks = readBytes(path, { onRead })[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  let at = 0;
  /** The next bytes; fewer only at the end of the file. */
  const take = async (length: number): Promise<Buffer> => {
    const parts = [buffer];
    let has = buffer.length;
    while (has < length) {
      const next = await chunks.next();
      if (next.done) break;
      parts.push(next.value);
      has += next.value.length;
    }
    const whole = parts.length === 1 ? buffer : Buffer.concat(parts);
    buffer = whole.subarray(length);
    return whole.subarray(0, length);
  };
  const need = async (length: number, most: number): Promise<Buffer> => {
    if (length > most) throw corrupt(path, at, new Error(`a part has ${length} bytes`));
    const bytes = await take(length);
    if (bytes.length === length) return bytes;
    const what = `${path} ends in the middle of what begins at byte ${at}`;
    throw new RecordError('TRUNCATED_PBF', what, 'Copy or download it again.', {
      field: null,
      value: path,
    });
  };
  try {
    for (let first = await take(4); first.length > 0; first = await take(4)) {
      if (first.length < 4) await need(4, MAX_HEADER);
      const length = first.readUInt32BE();
      let header = { type: '', size: 0 };
      const bytes = await need(length, MAX_HEADER);
      try {
        header = new PbfReader(bytes).readFields((tag, result, pbf) => {
          if (tag === 1) result.type = pbf.readString();
          else if (tag === 3) result.size = pbf.readVarint();
        }, header);
      } catch (cause) {
        throw corrupt(path, at, cause);
      }
      const data = await need(header.size, MAX_BLOB);
      yield { type: header.type, data, at };
      at += 4 + length + header.size;
    }
  } finally {
    await chunks.return?.(undefined);
  }
}

function corrupt(path: string, at: number, cause: unknown): RecordError {
  if (cause instanceof RecordError) return cause;
  const what = `${path} is damaged at byte ${at} (${(cause as Error).message})`;
  const hint = 'Copy or download it again; it has to be an OpenStreetMap extract, .osm.pbf.';
  return new RecordError('CORRUPT_PBF', what, hint, { field: null, value: path, cause });
}

async function contentOf(data: Buffer): Promise<Uint8Array> {
  const blob: { raw: Uint8Array | null; packed: Uint8Array | null } = { raw: null, packed: null };
  new PbfReader(data).readFields((tag, result, pbf) => {
    if (tag === 1) result.raw = pbf.readBytes();
    else if (tag === 3) result.packed = pbf.readBytes();
  }, blob);
  if (blob.raw) return blob.raw;
  if (!blob.packed) throw new Error('packed neither plainly nor with zlib');
  return unpack(blob.packed, { maxOutputLength: MAX_BLOB });
}

function blockOf(content: Uint8Array): Block {
  const strings: string[] = [];
  const groups: Uint8Array[] = [];
  const scale = { granularity: 100, lat: 0, lon: 0 };
  new PbfReader(content).readFields((tag, result, pbf) => {
    if (tag === 1) {
      pbf.readMessage((inner, list: string[], table) => {
        if (inner === 1) list.push(table.readString());
      }, strings);
    } else if (tag === 2) groups.push(pbf.readBytes());
    else if (tag === 17) result.granularity = pbf.readVarint();
    else if (tag === 19) result.lat = pbf.readVarint(true);
    else if (tag === 20) result.lon = pbf.readVarint(true);
  }, scale);
  const block: Block = { nodes: [], ways: [], relations: [] };
  const place = (lat: number, lon: number): Point => ({
    lat: rounded((scale.lat + scale.granularity * lat) * NANODEGREE),
    lon: rounded((scale.lon + scale.granularity * lon) * NANODEGREE),
  });
  const tagsOf = (keys: readonly number[], values: readonly number[]): Record<string, string> =>
    Object.fromEntries(keys.map((key, i) => [strings[key] ?? '', strings[values[i]!] ?? '']));
  for (const group of groups) {
    new PbfReader(group).readFields((tag, _, pbf) => {
      if (tag === 1) block.nodes.push(nodeOf(pbf, place, tagsOf));
      else if (tag === 2) {
        for (const node of denseNodes(pbf, place, strings)) block.nodes.push(node);
      } else if (tag === 3) block.ways.push(wayOf(pbf, tagsOf));
      else if (tag === 4) block.relations.push(relationOf(pbf, tagsOf, strings));
    }, null);
  }
  return block;
}

type TagsOf = (keys: readonly number[], values: readonly number[]) => Record<string, string>;
type Place = (lat: number, lon: number) => Point;

function nodeOf(reader: PbfReader, place: Place, tagsOf: TagsOf): Block['nodes'][number] {
  const node = { id: 0, keys: [] as number[], values: [] as number[], lat: 0, lon: 0 };
  reader.readMessage((tag, result, pbf) => {
    if (tag === 1) result.id = pbf.readSVarint();
    else if (tag === 2) pbf.readPackedVarint(result.keys);
    else if (tag === 3) pbf.readPackedVarint(result.values);
    else if (tag === 8) result.lat = pbf.readSVarint();
    else if (tag === 9) result.lon = pbf.readSVarint();
  }, node);
  const tags = node.keys.length === 0 ? null : tagsOf(node.keys, node.values);
  return { id: node.id, tags, ...place(node.lat, node.lon) };
}

function denseNodes(reader: PbfReader, place: Place, strings: readonly string[]): Block['nodes'] {
  const dense = {
    ids: [] as number[],
    lats: [] as number[],
    lons: [] as number[],
    tags: [] as number[],
  };
  reader.readMessage((tag, result, pbf) => {
    if (tag === 1) pbf.readPackedSVarint(result.ids);
    else if (tag === 8) pbf.readPackedSVarint(result.lats);
    else if (tag === 9) pbf.readPackedSVarint(result.lons);
    else if (tag === 10) pbf.readPackedVarint(result.tags);
  }, dense);
  let [id, lat, lon, at] = [0, 0, 0, 0];
  return dense.ids.map((delta, i) => {
    id += delta;
    lat += dense.lats[i] ?? 0;
    lon += dense.lons[i] ?? 0;
    let tags: Record<string, string> | null = null;
    // Pairs of key and value, ended by a zero for each node; none at all where no node has tags.
    for (; at < dense.tags.length && dense.tags[at] !== 0; at += 2) {
      tags ??= {};
      tags[strings[dense.tags[at]!] ?? ''] = strings[dense.tags[at + 1]!] ?? '';
    }
    at += 1;
    return { id, tags, ...place(lat, lon) };
  });
}

function wayOf(reader: PbfReader, tagsOf: TagsOf): Block['ways'][number] {
  const way = { id: 0, keys: [] as number[], values: [] as number[], refs: [] as number[] };
  reader.readMessage((tag, result, pbf) => {
    if (tag === 1) result.id = pbf.readVarint();
    else if (tag === 2) pbf.readPackedVarint(result.keys);
    else if (tag === 3) pbf.readPackedVarint(result.values);
    else if (tag === 8) pbf.readPackedSVarint(result.refs);
  }, way);
  return { id: way.id, tags: tagsOf(way.keys, way.values), refs: summed(way.refs) };
}

function relationOf(reader: PbfReader, tagsOf: TagsOf, strings: readonly string[]): Relation {
  const relation = {
    id: 0,
    keys: [] as number[],
    values: [] as number[],
    roles: [] as number[],
    ids: [] as number[],
    types: [] as number[],
  };
  reader.readMessage((tag, result, pbf) => {
    if (tag === 1) result.id = pbf.readVarint();
    else if (tag === 2) pbf.readPackedVarint(result.keys);
    else if (tag === 3) pbf.readPackedVarint(result.values);
    else if (tag === 8) pbf.readPackedVarint(result.roles);
    else if (tag === 9) pbf.readPackedSVarint(result.ids);
    else if (tag === 10) pbf.readPackedVarint(result.types);
  }, relation);
  const members = summed(relation.ids).map((id, i) => ({
    id,
    type: relation.types[i] ?? NODE,
    role: strings[relation.roles[i] ?? 0] ?? '',
  }));
  return { id: relation.id, tags: tagsOf(relation.keys, relation.values), members };
}

/** Differences as the numbers themselves. */
function summed(deltas: readonly number[]): number[] {
  let sum = 0;
  return deltas.map((delta) => (sum += delta));
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7;
}
