// Pictures, as a user of the packed package writes it. Compiled by scripts/package-check.mjs, never run.
import {
  type DuplicateGroup,
  embedded,
  ImageIndex,
  type ImageModel,
  type IngestResult,
  type PictureSource,
  type Markable,
  type SimilarImage,
  thumbnailStore,
} from 'suoyin';
import {
  fetchImage,
  type HostState,
  type ImageIssue,
  type IngestStage,
  type MakeThumbnail,
  type PictureSources,
  type StageTimes,
  type ThumbnailFile,
  type ThumbnailSize,
} from 'suoyin/ingest';
import {
  type FieldFilter,
  IMAGE_THRESHOLDS,
  type ImageDocument,
  imageMapping,
  makeThumbnail,
  type SimilarRule,
} from 'suoyin/knn';
import { rankSimilar, type SimilarQuery, type VectorSpace } from 'suoyin/knn';
import { exactly } from './exactly.ts';

const space: VectorSpace = { dimension: 512, spaceType: 'cosinesimil', dataType: 'float' };
const embed = (): Promise<number[]> => Promise.resolve([1]);
const model: ImageModel = { id: 'mine', space, embed, threshold: null };
// @ts-expect-error A model says up to where two vectors are of one picture, or that it has no such distance.
new ImageIndex(embedded(), { model: { id: 'mine', space, embed } });
const images = new ImageIndex(embedded(), { model, mapping: { m: 16 } });
// @ts-expect-error The space comes from the model.
new ImageIndex(embedded(), { mapping: { spaceType: 'l2' } });
// @ts-expect-error As engines call it: cosinesimil.
imageMapping({ spaceType: 'cosine' });
// @ts-expect-error No such factor.
imageMapping({ compression: '3x' });
exactly<'l2' | 'cosinesimil' | 'innerproduct' | 'hamming'>()(space.spaceType);

const sources: PictureSource[] = ['a.jpg', new URL('https://example.org/a.jpg'), new Uint8Array(9)];
const [source = 'a.jpg'] = sources;
const added = await images.add(source, { fields: { country: 'JP', tags: ['temple', 'red'] } });
exactly<Awaited<ReturnType<typeof images.prepare>>>()(added);
// @ts-expect-error No nested fields.
await images.add(source, { fields: { country: { code: 'JP' } } });

const filter: FieldFilter = { country: 'JP', tags: ['temple'] };
const found = await images.similar({ id: 'a' }, { limit: 5, filter });
exactly<Markable<SimilarImage[]>>()(found);
for (const { rule, distance, document } of found) {
  exactly<SimilarRule>()(rule);
  exactly<number | null>()(distance);
  // @ts-expect-error What only comparing needs is left out.
  void document.vector;
  isCopy(rule);
}
// @ts-expect-error The number of pictures is `limit`.
await images.similar(source, { k: 5 });
// @ts-expect-error A filter compares, it has no ranges.
await images.similar(source, { filter: { width: { gte: 5 } } });

function isCopy(rule: SimilarRule): boolean {
  switch (rule) {
    case 'same-bytes':
    case 'same-hash':
    case 'near-hash':
    case 'near-vector':
      return true;
    case 'nearest':
      return false;
  }
}

for await (const group of images.duplicates({ maxDistance: 0.3 })) {
  exactly<DuplicateGroup>()(group);
}
for await (const document of images.scan()) exactly<ImageDocument>()(document);
declare const query: SimilarQuery;
exactly<SimilarImage[]>()(rankSimilar([], { ...query, threshold: null }));
// @ts-expect-error Frozen.
IMAGE_THRESHOLDS.vector = 1;

await images.add({ vector: new Float32Array(512) }, { id: 'p1' });
// @ts-expect-error A text is no vector.
await images.add({ vector: 'abc' }, { id: 'p1' });

const thumbnail: MakeThumbnail = makeThumbnail;
const size: ThumbnailSize = { width: 256, height: 256 };
const thumbnails = thumbnailStore('thumbnails', { thumbnail, sizes: [size] });
for await (const file of thumbnails.list()) exactly<ThumbnailFile>()(file);
// @ts-expect-error Neither of the two formats.
thumbnailStore('thumbnails', { thumbnail, format: 'png' });

const queue: PictureSources = ['photos/a.jpg', 'https://example.org/b.jpg'];
const taken = await images.ingest(queue, { thumbnails, perHost: 2, fetch: { maxBytes: 1e6 } });
exactly<IngestResult>()(taken);
exactly<Readonly<Record<IngestStage, StageTimes>>>()(taken.stages);
exactly<HostState[]>()(taken.hostsOff);
// @ts-expect-error Every picture has a tag of its own.
await images.ingest(queue, { fetch: { etag: 'a' } });

const report = await images.check({ fix: true });
exactly<Partial<Record<ImageIssue, number>>>()(report.findings);
// @ts-expect-error Nothing is deleted unasked.
await images.purge();

const fetched = await fetchImage('https://example.org/a.jpg', { etag: 'a', maxBytes: 1e6 });
if (fetched.notModified) exactly<null>()(fetched.bytes);
else exactly<Buffer>()(fetched.bytes);
