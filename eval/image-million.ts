// How many of a million pictures come near to one by chance: synthetic hashes and vectors, drawn from the
// distribution of real ones. The look at previews, which decides among them, is not part of this.
import { seededRandom } from '../bench/statistics.ts';
import { lowFrequencies } from '../lib/knn/describe/dct.ts';
import { hashOfWaves, hashWaves } from '../lib/knn/describe/hash.ts';
import { readPicture } from '../lib/knn/describe/image.ts';
import { planesOf } from '../lib/knn/describe/planes.ts';
import { CHROMA_COUNT, LUMA_COUNT, vectorOfWaves } from '../lib/knn/describe/vector.ts';
import { bitCount } from '../lib/knn/space.ts';
import { nearBits } from '../lib/knn/similar/copies.ts';
import { IMAGE_THRESHOLDS } from '../lib/knn/similar/thresholds.ts';

/** Frequencies of a picture: 256 of brightness, 16 of each colour difference, of unit length. */
type Waves = Float64Array;

/** What is compared. */
interface Descriptor {
  hash: Uint32Array;
  vector: Float64Array;
}

/** Frequencies of brightness in each direction, and of each colour. */
const SIDE = 16;
const LUMA = SIDE ** 2;
const CHROMA = CHROMA_COUNT ** 2;
/** Real pictures that a synthetic one is mixed of. */
const MIXED = 3;
/** Most pictures that are searched for. */
const QUERIES = 50;
const SIZES = [1_000, 10_000, 100_000, 1_000_000];

async function wavesOf(photo: Buffer): Promise<Waves> {
  const { raster } = await readPicture(photo);
  const { luma, blue, red } = planesOf(raster);
  const range = { first: 0, count: CHROMA_COUNT };
  const colors = [blue, red].flatMap((plane) => [...lowFrequencies(plane, range)]);
  const waves = Float64Array.from([...hashWaves(luma), ...colors]);
  const length = Math.hypot(...waves);
  return waves.map((value) => value / length);
}

/** The same picture as it is, mirrored, upside down and both: odd frequencies change their sign. */
function posesOf(waves: Waves): Waves[] {
  return [false, true].flatMap((mirrored) =>
    [false, true].map((flipped) =>
      waves.map((value, at) => {
        const luma = at < LUMA;
        const place = luma ? at : (at - LUMA) % CHROMA;
        const count = luma ? SIDE : CHROMA_COUNT;
        // Of brightness the first is frequency 1, of colours frequency 0.
        const first = Number(luma);
        const [row, column] = [Math.floor(place / count) + first, (place % count) + first];
        const odd = (mirrored ? column : 0) + (flipped ? row : 0);
        return odd % 2 === 0 ? value : -value;
      }),
    ),
  );
}

function descriptorOf(waves: Waves): Descriptor {
  const luma = waves.subarray(0, LUMA);
  const low = luma.filter((_, at) => at < SIDE * LUMA_COUNT && at % SIDE < LUMA_COUNT);
  const blue = waves.subarray(LUMA, LUMA + CHROMA);
  const vector = vectorOfWaves({ luma: low, blue, red: waves.subarray(LUMA + CHROMA) });
  const hash = hashOfWaves(luma);
  const words = Uint32Array.from({ length: 8 }, (_, at) =>
    parseInt(hash.slice(at * 8, at * 8 + 8), 16),
  );
  return { hash: words, vector: Float64Array.from(vector) };
}

/** A picture that does not exist: a sum of real ones with normal weights, which keeps their covariance. */
function mixedOf(sources: readonly Waves[], random: () => number): Waves {
  const mixed = new Float64Array(LUMA + 2 * CHROMA);
  for (let part = 0; part < MIXED; part++) {
    const source = sources[Math.floor(random() * sources.length)]!;
    const weight = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    for (let at = 0; at < mixed.length; at++) mixed[at]! += weight * source[at]!;
  }
  return mixed;
}

function bitsBetween(left: Descriptor, right: Descriptor): number {
  let bits = 0;
  for (let at = 0; at < 8; at++) bits += bitCount(left.hash[at]! ^ right.hash[at]!);
  return bits;
}

function distanceBetween(left: Descriptor, right: Descriptor): number {
  let dot = 0;
  for (let at = 0; at < left.vector.length; at++) dot += left.vector[at]! * right.vector[at]!;
  return 1 - dot;
}

/** Prints, by the size of the index, how many pictures come within the limits of another one by chance. */
export async function printMillion(photos: readonly Buffer[], seed: number): Promise<void> {
  const waves: Waves[] = [];
  for (const photo of photos) waves.push(await wavesOf(photo));
  // What is searched for is no part of the mixtures.
  const queries = waves
    .filter((_, at) => at % 2 === 0)
    .slice(0, QUERIES)
    .map(descriptorOf);
  const sources = waves.filter((_, at) => at % 2 === 1).flatMap(posesOf);
  const random = seededRandom(seed);
  const { dctHash, sure, far } = IMAGE_THRESHOLDS;
  const bits = new Float64Array(257);
  let [near, within, leastBits, leastDistance] = [0, 0, 256, 2];
  console.log(
    `${queries.length} pictures searched for among synthetic ones mixed of ${sources.length / 4} others; wrong pairs for each of them\n`,
  );
  console.log(
    '     index  limit   within it  within 72   <= 31 bits   vector <= .1   vector <= .8   nearest: bits  vector',
  );
  for (let made = 1; made <= SIZES.at(-1)!; made++) {
    const other = descriptorOf(mixedOf(sources, random));
    for (const query of queries) {
      const differing = bitsBetween(query, other);
      const distance = distanceBetween(query, other);
      bits[differing]!++;
      near += Number(distance <= sure);
      within += Number(distance <= far);
      leastBits = Math.min(leastBits, differing);
      leastDistance = Math.min(leastDistance, distance);
    }
    if (!SIZES.includes(made)) continue;
    const upTo = (limit: number): number =>
      bits.subarray(0, limit + 1).reduce((sum, count) => sum + count, 0) / queries.length;
    const limit = nearBits(made);
    const cells = [
      ...[String(made).padStart(10), String(limit).padStart(6)],
      ...[upTo(limit), upTo(IMAGE_THRESHOLDS.alike.bits)].map((n) => n.toFixed(4).padStart(11)),
      ...[upTo(dctHash), near / queries.length].map((n) => n.toFixed(4).padStart(13)),
      (within / queries.length).toFixed(1).padStart(14),
      String(leastBits).padStart(15) + leastDistance.toFixed(3).padStart(8),
    ];
    console.log(cells.join(' '));
  }
}
