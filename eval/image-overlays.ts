// What people do to pictures beyond plain edits: turned, inverted, under overlays, within frames. The frames
// around other photos are the hard negatives: such pairs have most in common, and are no copies.
import sharp, { type Sharp } from 'sharp';
import { describeImage, type ImageDescription, queryViews } from '../lib/knn/describe/describe.ts';
import { vectorDistance } from '../lib/knn/describe/vector.ts';
import { type ImageDocument, toImageDocument } from '../lib/knn/document.ts';
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

const OVERLAYS: readonly Overlay[] = [
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
    name: 'collage of two',
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

function entryOf(photo: number, description: ImageDescription): Entry {
  const document = toImageDocument(String(photo), { content: description, addedAt: '' });
  const { vector, trimmed } = description;
  return { photo, description, document, vectors: [vector, trimmed].filter((one) => one !== null) };
}

/** The entries that a search tells as copies, among those that its vectors would fetch. */
function toldOf(query: ImageDescription, entries: readonly Entry[]): Entry[] {
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
  const found = [...fetched].map((entry, at) => ({ entry, id: String(at) }));
  const ranked = rankSimilar(
    found.map(({ entry, id }) => ({ ...entry.document, id })),
    {
      ...{ content: query, views, space: DEFAULT_SPACE, threshold: IMAGE_THRESHOLDS.vector },
      ...{ turned: true, limit: found.length || 1 },
    },
  );
  return ranked.flatMap(({ id, rule }) => (rule === 'nearest' ? [] : [found[Number(id)]!.entry]));
}

/** Prints, by overlay, how many copies are told and how many other photos, plain or in the same frame. */
export async function printOverlays(photos: readonly Buffer[]): Promise<void> {
  const described = await Promise.all(photos.map((photo) => describeImage(photo)));
  const plain = described.map((description, at) => entryOf(at, description));
  const sum = { told: 0, queries: 0, wrong: 0, wrongFramed: 0, pairs: 0 };
  console.log(`\n${'overlay'.padEnd(26)}   told   wrong, plain   wrong, same frame`);
  for (const { name, frame, make } of OVERLAYS) {
    const edited: Entry[] = [];
    for (const [at, photo] of photos.entries()) {
      const picture = await make(photo, photos[(at + 1) % photos.length]!);
      edited.push(entryOf(at, await describeImage(await picture.jpeg({ quality: 85 }).toBuffer())));
    }
    let [told, wrong, wrongFramed] = [0, 0, 0];
    for (const { photo, description } of edited) {
      // In a collage of two the next photo is shown as well.
      const shown = name.startsWith('collage') ? [photo, (photo + 1) % photos.length] : [photo];
      const found = toldOf(description, plain);
      told += Number(found.some((entry) => entry.photo === photo));
      wrong += found.filter((entry) => !shown.includes(entry.photo)).length;
      if (!frame) continue;
      const others = edited.filter((entry) => entry.photo !== photo);
      wrongFramed += toldOf(description, others).length;
      sum.pairs += others.length;
    }
    sum.told += told;
    sum.queries += edited.length;
    sum.wrong += wrong;
    sum.wrongFramed += wrongFramed;
    sum.pairs += edited.length * (photos.length - 1);
    const share = (told / edited.length).toFixed(3);
    console.log(
      `${name.padEnd(26)}  ${share}${String(wrong).padStart(15)}${frame ? String(wrongFramed).padStart(20) : ''}`,
    );
  }
  console.log(
    `${'all'.padEnd(26)}  ${(sum.told / sum.queries).toFixed(3)}${String(sum.wrong).padStart(15)}${String(sum.wrongFramed).padStart(20)}   of ${sum.pairs} wrong pairs`,
  );
}
