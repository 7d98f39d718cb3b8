// What people do to pictures beyond plain edits: turned, inverted, under overlays, within frames. The frames
// around other photos are the hard negatives: such pairs have most in common, and are no copies.
import sharp, { type Sharp } from 'sharp';
import { describeImage, type ImageDescription, queryViews } from '../lib/knn/describe/describe.ts';
import { vectorDistance } from '../lib/knn/describe/vector.ts';
import { type ImageDocument, toImageDocument, VIEWS } from '../lib/knn/document.ts';
import { rankSimilar, turnedViews } from '../lib/knn/similar/similar.ts';
import { IMAGE_THRESHOLDS } from '../lib/knn/similar/thresholds.ts';
import { DEFAULT_SPACE } from '../lib/knn/space.ts';

interface Overlay {
  name: string;
  /** Whether it puts the same frame around every photo. */
  frame: boolean;
  make: (photo: Buffer, other: Buffer) => Promise<Sharp>;
}

/** Candidates that a search fetches for each of its rounds. */
const CANDIDATES = 10;
const SIZE = { width: 480, height: 360 };
/** The overlay that shows the next photo as well. */
export const COLLAGE = 'collage of two';

/** Blocks the size of letters, so that no font is needed: a line of text from (x, y) on. */
function words(x: number, y: number, count: number, ink: string): string {
  return Array.from({ length: count }, (_, at) => {
    const width = 9 + ((at * 7 + y) % 5) * 2;
    return `<rect x="${x + at * 19}" y="${y}" width="${width}" height="14" fill="${ink}"/>`;
  }).join('');
}

function drawn(width: number, height: number, shapes: string): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`,
  );
}

async function sized(photo: Buffer, { width, height } = SIZE): Promise<Buffer> {
  return sharp(photo, { autoOrient: true }).resize(width, height, { fit: 'fill' }).toBuffer();
}

/** A photo on a page of its own, with what is drawn around it. */
async function framed(
  photo: Buffer,
  page: { width: number; height: number; paper: string; top: number; shapes: string },
): Promise<Sharp> {
  const { width, height, paper, top, shapes } = page;
  const input = await sized(photo, { width: width - 2 * (page.top % 7), height: 400 });
  const left = page.top % 7;
  return sharp({ create: { width, height, channels: 3, background: paper } }).composite([
    { input: drawn(width, height, shapes) },
    { input, left, top },
  ]);
}

async function over(photo: Buffer, shapes: string): Promise<Sharp> {
  const input = drawn(SIZE.width, SIZE.height, shapes);
  return sharp(await sized(photo)).composite([{ input }]);
}

const still = (name: string, make: (photo: Sharp) => Sharp): Overlay => ({
  name,
  frame: false,
  make: (photo) => Promise.resolve(make(sharp(photo, { autoOrient: true }))),
});
const GRADIENT =
  '<defs><linearGradient id="g"><stop stop-color="#103070"/><stop offset="1" stop-color="#a02040"/></linearGradient></defs>';

/** What people do to pictures beyond plain edits. */
export const OVERLAYS: readonly Overlay[] = [
  still('turned 90', (photo) => photo.rotate(90)),
  still('turned 180', (photo) => photo.rotate(180)),
  still('turned 270', (photo) => photo.rotate(270)),
  still('top to bottom', (photo) => photo.flip()),
  still('inverted', (photo) => photo.negate({ alpha: false })),
  still('black and white', (photo) => photo.greyscale().threshold(128)),
  {
    name: 'stickers 15 %',
    frame: true,
    make: (photo) =>
      over(
        photo,
        '<circle cx="90" cy="80" r="52" fill="#ffcc00"/><rect x="300" y="40" width="110" height="80" fill="#e0218a"/><circle cx="330" cy="270" r="50" fill="#20b0e0"/>',
      ),
  },
  {
    name: 'lower third',
    frame: true,
    make: (photo) =>
      over(
        photo,
        `<rect y="262" width="480" height="98" fill="#14285a"/>${words(16, 280, 22, '#fff')}${words(16, 314, 17, '#fff')}`,
      ),
  },
  {
    name: 'news bar below',
    frame: true,
    make: (photo) =>
      framed(photo, {
        ...{ width: 480, height: 540, paper: '#000', top: 0 },
        shapes: `${GRADIENT}<rect y="400" width="480" height="140" fill="url(#g)"/>${words(16, 424, 22, '#fff')}${words(16, 470, 19, '#ffe060')}`,
      }),
  },
  ...(
    [
      ['screen, light', '#ffffff', '#181818'],
      ['screen, dark', '#141416', '#e8e8e8'],
    ] as const
  ).map(([name, paper, ink]): Overlay => ({
    name,
    frame: true,
    make: (photo) =>
      framed(photo, {
        ...{ width: 480, height: 960, paper, top: 175 },
        shapes: `${words(14, 8, 4, ink)}<circle cx="44" cy="86" r="26" fill="#4a90d9"/>${words(84, 78, 11, ink)}${words(16, 138, 21, ink)}${words(16, 600, 23, ink)}${words(16, 634, 14, ink)}<rect y="900" width="480" height="2" fill="${ink}"/>`,
      }),
  })),
  {
    name: 'caption above and below',
    frame: true,
    make: (photo) =>
      framed(photo, {
        ...{ width: 480, height: 600, paper: '#101010', top: 98 },
        shapes: `${words(16, 24, 22, '#fff')}${words(40, 58, 18, '#fff')}${words(24, 520, 21, '#fff')}${words(60, 554, 15, '#fff')}`,
      }),
  },
  {
    name: COLLAGE,
    frame: false,
    make: async (photo, other) =>
      sharp({ create: { width: 720, height: 480, channels: 3, background: '#fff' } }).composite([
        { input: await sized(photo, { width: 360, height: 480 }), left: 0, top: 0 },
        { input: await sized(other, { width: 360, height: 480 }), left: 360, top: 0 },
      ]),
  },
];

interface Entry {
  photo: number;
  description: ImageDescription;
  document: ImageDocument;
  vectors: number[][];
}

function entryOf(photo: number, description: ImageDescription, collages = false): Entry {
  const document = toImageDocument(String(photo), { content: description, addedAt: '', collages });
  const vectors = VIEWS.map((name) => document[name]).filter((one) => one !== undefined);
  return { photo, description, document, vectors };
}

/** Limits of `middle` that are tried, ascending. */
const LIMITS = Array.from({ length: 20 }, (_, at) => at / 20);
/** How much higher a limit is than the least one that lets no wrong pair through. */
const MARGIN = 0.1;
/** The limit that is shipped. */
const SHIPPED = IMAGE_THRESHOLDS.look.middle;

/** A picture that a search tells as a copy, and the highest limit of `middle` with which it does. */
interface Told {
  entry: Entry;
  upTo: number;
}

/** The entries that a search tells as copies if it has no limit of `middle`, among those that its vectors fetch. */
function toldOf(query: ImageDescription, entries: readonly Entry[]): Told[] {
  const views = queryViews(query);
  const rounds = [views, turnedViews(query)];
  const fetched = new Set(
    rounds.flatMap((round) =>
      entries
        .map((entry) => {
          const far = entry.vectors.map((own) => round.map((view) => vectorDistance(own, view)));
          return { entry, distance: Math.min(...far.flat()) };
        })
        .sort((a, b) => a.distance - b.distance)
        .slice(0, CANDIDATES)
        .map(({ entry }) => entry),
    ),
  );
  const told = (among: readonly Entry[], middle: number): Entry[] => {
    // `eval` alone moves a limit.
    IMAGE_THRESHOLDS.look.middle = middle;
    const ranked = rankSimilar(
      among.map((entry, at) => ({ ...entry.document, id: String(at) })),
      {
        ...{ content: query, views, space: DEFAULT_SPACE, threshold: IMAGE_THRESHOLDS.vector },
        ...{ turned: true, limit: among.length || 1 },
      },
    );
    IMAGE_THRESHOLDS.look.middle = SHIPPED;
    return ranked.flatMap(({ id, rule }) => (rule === 'nearest' ? [] : [among[Number(id)]!]));
  };
  return told([...fetched], 0).map((entry) => {
    const upTo = LIMITS.findLast((limit) => told([entry], limit).length > 0);
    return { entry, upTo: upTo ?? 0 };
  });
}

/** What a set of photos came to, by overlay: of each query the highest limit that tells it, and of each wrong pair. */
interface Measured {
  name: string;
  rows: { name: string; frame: boolean; right: number[]; wrong: number[]; wrongFramed: number[] }[];
  pairs: number;
}

async function measured(name: string, photos: readonly Buffer[]): Promise<Measured> {
  const described = await Promise.all(photos.map((photo) => describeImage(photo)));
  const plain = described.map((description, at) => entryOf(at, description));
  const found: Measured = { name, rows: [], pairs: 0 };
  for (const { name: overlay, frame, make } of OVERLAYS) {
    const row: Measured['rows'][number] = {
      ...{ name: overlay, frame },
      ...{ right: [], wrong: [], wrongFramed: [] },
    };
    found.rows.push(row);
    const edited: Entry[] = [];
    for (const [at, photo] of photos.entries()) {
      const picture = await make(photo, photos[(at + 1) % photos.length]!);
      edited.push(entryOf(at, await describeImage(await picture.jpeg({ quality: 85 }).toBuffer())));
    }
    for (const { photo, description } of edited) {
      // In a collage of two the next photo is shown as well.
      const shown = overlay === COLLAGE ? [photo, (photo + 1) % photos.length] : [photo];
      const told = toldOf(description, plain);
      row.right.push(told.find(({ entry }) => entry.photo === photo)?.upTo ?? -1);
      for (const { entry, upTo } of told) if (!shown.includes(entry.photo)) row.wrong.push(upTo);
      if (!frame) continue;
      const others = edited.filter((entry) => entry.photo !== photo);
      row.wrongFramed.push(...toldOf(description, others).map(({ upTo }) => upTo));
      found.pairs += others.length;
    }
    found.pairs += edited.length * (photos.length - 1);
    if (overlay === COLLAGE) {
      found.rows.push(withinCollages(plain, edited));
      found.pairs += photos.length * (photos.length - 2);
    }
  }
  return found;
}

/** Photos as queries for the collages that they are in, whose parts are kept. */
function withinCollages(
  photos: readonly Entry[],
  edited: readonly Entry[],
): Measured['rows'][number] {
  const collages = edited.map(({ photo, description }) => entryOf(photo, description, true));
  const row: Measured['rows'][number] = {
    ...{ name: 'a photo of a collage', frame: false },
    ...{ right: [], wrong: [], wrongFramed: [] },
  };
  for (const { photo, description } of photos) {
    const told = toldOf(description, collages);
    row.right.push(told.find(({ entry }) => entry.photo === photo)?.upTo ?? -1);
    for (const { entry, upTo } of told) {
      if (![entry.photo, (entry.photo + 1) % photos.length].includes(photo)) row.wrong.push(upTo);
    }
  }
  return row;
}

const passing = (values: readonly number[], limit: number): number =>
  values.filter((upTo) => upTo >= limit).length;

function sums(
  rows: Measured['rows'],
  limit: number,
): { told: string; plain: number; framed: number } {
  const all = (pick: (row: Measured['rows'][number]) => number[]): number[] => rows.flatMap(pick);
  const right = all((row) => row.right);
  return {
    told: (passing(right, limit) / right.length).toFixed(3),
    plain: passing(
      all((row) => row.wrong),
      limit,
    ),
    framed: passing(
      all((row) => row.wrongFramed),
      limit,
    ),
  };
}

function printSet({ name, rows, pairs }: Measured): void {
  console.log(`\n${name}\n${'overlay'.padEnd(26)}   told   wrong, plain   wrong, same frame`);
  const line = (title: string, of: Measured['rows'], rest = ''): void => {
    const { told, plain, framed } = sums(of, SHIPPED);
    const frames = of.some(({ frame }) => frame) ? String(framed).padStart(20) : '';
    console.log(`${title.padEnd(26)}  ${told}${String(plain).padStart(15)}${frames}${rest}`);
  };
  for (const row of rows) line(row.name, [row]);
  line('all', rows, `   of ${pairs} wrong pairs`);
}

/** Prints, by overlay, how many copies are told and how many other photos, plain or in the same frame. */
export async function printOverlays(
  sets: readonly { name: string; photos: readonly Buffer[] }[],
): Promise<void> {
  const all: Measured[] = [];
  for (const { name, photos } of sets) {
    const found = await measured(name, photos);
    printSet(found);
    all.push(found);
  }
  console.log('\nlimit of the middle: none, shipped, or chosen on the other sets');
  for (const one of all) {
    const others = all.filter((other) => other !== one).flatMap(({ rows }) => rows);
    const least = LIMITS.find((limit) => {
      const { plain, framed } = sums(others, limit);
      return plain + framed === 0;
    });
    const limits = [0, SHIPPED, ...(others.length > 0 ? [(least ?? 1) + MARGIN] : [])];
    for (const limit of limits) {
      const { told, plain, framed } = sums(one.rows, limit);
      console.log(
        `${one.name.padEnd(40)} ${limit.toFixed(2)}  told ${told}  wrong ${plain} plain, ${framed} in the same frame, of ${one.pairs}`,
      );
    }
  }
}
