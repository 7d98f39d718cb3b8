import { GC_SPEC } from '../../lib/alias/gc.ts';
import { WRITE_SPEC } from '../../lib/alias/versions.ts';
import { SWAP_SPEC } from '../../lib/alias/swap.ts';
import { BOUNDARY_SPEC, readBoundaries } from '../../lib/autocomplete/geography/boundaries.ts';
import { PARENTS_SPEC, resolveParents } from '../../lib/autocomplete/geography/parents.ts';
import type { PlaceRecord } from '../../lib/autocomplete/place.ts';
import { DOCUMENT_SPEC, toPlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { connect, CONNECT_SPEC } from '../../lib/engines/opensearch/connect.ts';
import {
  connectElasticsearch,
  ELASTICSEARCH_CONNECT_SPEC,
} from '../../lib/engines/elasticsearch/connect.ts';
import { elasticsearch } from '../../lib/engines/elasticsearch/index.ts';
import { ELASTICSEARCH_SPEC } from '../../lib/engines/elasticsearch/options.ts';
import { LISTEN_SPEC } from '../../lib/health/health.ts';
import { createMetrics, METRICS_SPEC } from '../../lib/health/metrics.ts';
import type { WatchedQueue } from '../../lib/health/queue-look.ts';
import { WATCH_SPEC, watchQueue } from '../../lib/health/queue-watch.ts';
import { SHARED_CLIENT_SPEC, sharedClient } from '../../lib/health/shared-client.ts';
import { IMAGE_INDEX_SPEC, PICTURE_SPEC } from '../../lib/image-options.ts';
import { FETCH_SPEC, fetchImage } from '../../lib/ingest/fetch/fetch.ts';
import { THUMBNAIL_STORE_SPEC, thumbnailStore } from '../../lib/ingest/stores/thumbnails.ts';
import { INGEST_VECTORS_SPEC } from '../../lib/ingest/vectors/add-vectors.ts';
import { S3_STORE_SPEC, s3Store } from '../../lib/ingest/stores/s3-store.ts';
import { IMAGE_CHECK_SPEC } from '../../lib/ingest/work/check.ts';
import { INGEST_SPEC } from '../../lib/ingest/work/pipeline.ts';
import { IMAGE_PURGE_SPEC } from '../../lib/ingest/work/purge.ts';
import { describeImage } from '../../lib/knn/describe/describe.ts';
import { makeThumbnail } from '../../lib/knn/describe/image.ts';
import { IMAGE_LIMITS_SPEC } from '../../lib/knn/describe/image-limits.ts';
import { MAKE_THUMBNAIL_SPEC } from '../../lib/knn/describe/thumbnail-options.ts';
import { ONNX_SPEC, onnxModel } from '../../lib/knn/describe/onnx.ts';
import { IMAGE_MAPPING_SPEC, imageMapping } from '../../lib/knn/mapping.ts';
import { DUPLICATES_SPEC } from '../../lib/knn/similar/duplicates.ts';
import { PROPOSE_SPEC, proposeThreshold } from '../../lib/knn/similar/propose-threshold.ts';
import { CHECK_SPEC } from '../../lib/rebuild/check.ts';
import { PUT_SPEC } from '../../lib/rebuild/put-places.ts';
import { IMAGE_REBUILD_SPEC } from '../../lib/rebuild/images.ts';
import { INSPECT_SPEC } from '../../lib/rebuild/inspect.ts';
import { IMAGE_RUN_SPEC, PLACE_REBUILD_SPEC } from '../../lib/rebuild/options.ts';
import { VERIFY_SPEC } from '../../lib/rebuild/verify-source.ts';
import { createHandler } from '../../lib/server/handler.ts';
import { HANDLER_SPEC } from '../../lib/server/handler-options.ts';
import { PAGE_SPEC, pageHandler } from '../../lib/server/page/page.ts';
import { serve, SERVE_SPEC, type ServeOptions } from '../../lib/server/serve.ts';
import {
  answerPlaceQuery,
  PLACE_ANSWER_SPEC,
  SUGGESTIONS_FROM_SPEC,
  suggestionsFrom,
} from '../../lib/autocomplete/suggest/answer.ts';
import { LEARN_SPEC, learnBoosts } from '../../lib/autocomplete/record/learned.ts';
import { READ_QUERY_SPEC, readQuery } from '../../lib/autocomplete/reading/read-query.ts';
import { PLACE_QUERY_SPEC, placeQuery } from '../../lib/autocomplete/suggest/query.ts';
import { answerTextQuery, TEXT_ANSWER_SPEC } from '../../lib/autocomplete/text/hits.ts';
import { TEXT_QUERY_SPEC, textQuery } from '../../lib/autocomplete/text/query.ts';
import { CHINESE_SPEC, loadChinese } from '../../lib/analyzers/chinese.ts';
import { detectLanguage, detectLanguages, loadDetector } from '../../lib/analyzers/detect.ts';
import { DETECT_SPEC, DETECTOR_SPEC } from '../../lib/analyzers/detection.ts';
import {
  RANK_SPEC,
  rankSimilar,
  SIMILAR_SPEC,
  similarSearches,
} from '../../lib/knn/similar/similar.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { EMBEDDED_SPEC } from '../../lib/engines/embedded/options.ts';
import { LIMITER_SPEC, RUN_SPEC } from '../../lib/health/limiter-options.ts';
import { createLimiter } from '../../lib/health/limiter.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { NOTE_INDEX_SPEC, NOTE_SEARCH_SPEC, NoteIndex } from '../../lib/note-index.ts';
import { LIKE_SPEC } from '../../lib/notes/like.ts';
import { NOTE_ADD_SPEC } from '../../lib/rebuild/take-in.ts';
import { HOST_MAPPING_SPEC, placeMapping } from '../../lib/autocomplete/mapping.ts';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { OPENSEARCH_SPEC } from '../../lib/engines/opensearch/options.ts';
import { createHealth, HEALTH_SPEC } from '../../lib/health/health.ts';
import { SIZING_SPEC, sizeDeployment } from '../../lib/sizing.ts';
import { DESCRIBE_SPEC, SIMILAR_CALL_SPEC } from '../../lib/image-options.ts';
import {
  DECODE_SPEC,
  DECODER_SPEC,
  decoderProcesses,
} from '../../lib/ingest/decode/decoder-processes.ts';
import { SEMANTIC_SPEC } from '../../lib/ingest/decode/semantic-model.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { PARTIAL_SPEC } from '../../lib/partial.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { PLACE_INDEX_SPEC, SEARCH_SPEC, SUGGEST_SPEC } from '../../lib/place-options.ts';
import type { AnySpec } from '../../lib/options.ts';

/** A function of the library that takes options. */
export interface Door {
  name: string;
  /** What it declares. */
  spec: AnySpec;
  call: (options: never) => unknown;
  /** Options that it can't do without. */
  required?: object;
}

/** A door; specs of all types fit. */
function door(name: string, spec: object, call: Door['call'], required: object = {}): Door {
  return { name, spec: spec as AnySpec, call, required };
}

const engine = embedded({ dataDir: ':memory:' });
const places = new PlaceIndex(engine);
const images = new ImageIndex(engine);
const notes = new NoteIndex(engine);
const nothing = (): Promise<[]> => Promise.resolve([]);
const none = (): undefined => undefined;
const NO_BYTES = new Uint8Array();
const decoder = decoderProcesses();
const describeNothing = (options: object): unknown => decoder.describe(NO_BYTES, options);
const SQUARE = { width: 8, height: 8 };
const RECORD: PlaceRecord = { id: 'x', name: 'x', names: [], kind: 'poi' };
const QUEUE = {
  name: 'x',
  getJobCounts: nothing,
  isPaused: nothing,
  getWorkers: nothing,
  getJob: nothing,
  getJobs: nothing,
} as unknown as WatchedQueue;

/** Every function and method that takes options. */
export const DOORS: readonly Door[] = [
  door('embedded', EMBEDDED_SPEC, embedded),
  door('detectLanguage', DETECT_SPEC, (options) => detectLanguage('x', options)),
  door('detectLanguages', DETECT_SPEC, (options) => detectLanguages(['x'], options)),
  door('loadDetector', DETECTOR_SPEC, loadDetector),
  door('loadChinese', CHINESE_SPEC, loadChinese),
  door('similarSearches', SIMILAR_SPEC, (options) => similarSearches({}, [], options)),
  door('placeQuery', PLACE_QUERY_SPEC, (options) => placeQuery('x', options)),
  door('answerPlaceQuery', PLACE_ANSWER_SPEC, (options) => answerPlaceQuery('x', options, nothing)),
  door('learnBoosts', LEARN_SPEC, learnBoosts),
  door('readQuery', READ_QUERY_SPEC, (options) => readQuery('x', options)),
  door('suggestionsFrom', SUGGESTIONS_FROM_SPEC, (options) =>
    suggestionsFrom(placeQuery('x'), [], options),
  ),
  door('textQuery', TEXT_QUERY_SPEC, (options) => textQuery('x', options)),
  door('answerTextQuery', TEXT_ANSWER_SPEC, (options) =>
    answerTextQuery('x', options, {}, { byTerms: nothing, byKeys: nothing, countAbout: nothing }),
  ),
  door('PlaceIndex.suggest', SUGGEST_SPEC, (options) => places.suggest('x', options)),
  door('PlaceIndex.search', SEARCH_SPEC, (options) => places.search('x', options)),
  door('ImageIndex.similar', SIMILAR_CALL_SPEC, (options) => images.similar({ id: 'x' }, options)),
  door('ImageIndex.describe', DESCRIBE_SPEC, (options) => images.describe({}, options)),
  door('decoderProcesses', DECODER_SPEC, decoderProcesses),
  door('DecoderProcesses.openModel', SEMANTIC_SPEC, (options) => decoder.openModel(options), {
    model: 'none.onnx',
  }),
  door('DecoderProcesses.embed', DECODE_SPEC, (options) =>
    decoder.embed(NO_BYTES, { options: { model: 'none.onnx' }, id: 'x' }, options),
  ),
  door('PictureDecoder.describe', DECODE_SPEC, (options) => describeNothing(options)),
  door('DecoderProcesses.describe', DECODE_SPEC, (options) => describeNothing(options)),
  door('rankSimilar', RANK_SPEC, (options) => rankSimilar([], options), {
    content: {},
    views: [],
    space: DEFAULT_SPACE,
    threshold: null,
  }),
  door('s3Store', S3_STORE_SPEC, s3Store, { bucket: 'pictures' }),
  door('proposeThreshold', PROPOSE_SPEC, (options) => proposeThreshold([], options)),
  door('placeMapping', HOST_MAPPING_SPEC, placeMapping),
  door('createHealth', HEALTH_SPEC, (options) => {
    createHealth(options).close();
  }),
  door('sizeDeployment', SIZING_SPEC, sizeDeployment),
  door('opensearch', OPENSEARCH_SPEC, opensearch, { client: {} }),
  door('elasticsearch', ELASTICSEARCH_SPEC, elasticsearch, { client: {} }),
  door('createLimiter', LIMITER_SPEC, createLimiter),
  door('Limiter.run', RUN_SPEC, (options) => createLimiter().run('images', nothing, options)),
  door('new PlaceIndex', PLACE_INDEX_SPEC, (options) => new PlaceIndex(engine, options)),
  door('PlaceIndex.rebuild', PLACE_REBUILD_SPEC, (options) => places.rebuild([], options)),
  door('PlaceIndex.put', PUT_SPEC, (options) => places.put([], options)),
  door('PlaceIndex.delete', WRITE_SPEC, (options) => places.delete([], options)),
  door('PlaceIndex.inspect', INSPECT_SPEC, (options) => places.inspect(none, options)),
  door('PlaceIndex.verify', VERIFY_SPEC, (options) => places.verify([], options)),
  door('PlaceIndex.check', CHECK_SPEC, (options) => places.check([], options)),
  door('PlaceIndex.gc', GC_SPEC, (options) => places.gc(options)),
  door('PlaceIndex.swap', SWAP_SPEC, (options) => places.swap(options)),
  door('new ImageIndex', IMAGE_INDEX_SPEC, (options) => new ImageIndex(engine, options)),
  door('ImageIndex.add', PICTURE_SPEC, (options) => images.add({}, options)),
  door('ImageIndex.prepare', PICTURE_SPEC, (options) => images.prepare({}, options)),
  door('ImageIndex.findOrAdd', PICTURE_SPEC, (options) => images.findOrAdd({}, options)),
  door('ImageIndex.write', WRITE_SPEC, (options) => images.write([], options)),
  door('ImageIndex.delete', WRITE_SPEC, (options) => images.delete([], options)),
  door('ImageIndex.duplicates', DUPLICATES_SPEC, (options) => images.duplicates(options).next()),
  door('ImageIndex.ingest', INGEST_SPEC, (options) => images.ingest([], options)),
  door('ImageIndex.ingestVectors', INGEST_VECTORS_SPEC, (options) =>
    images.ingestVectors('x', options),
  ),
  door('ImageIndex.check', IMAGE_CHECK_SPEC, (options) => images.check(options)),
  door('ImageIndex.purge', IMAGE_PURGE_SPEC, (options) => images.purge(options)),
  door('ImageIndex.rebuild', IMAGE_REBUILD_SPEC, (options) => images.rebuild(options)),
  door('ImageIndex.count', PARTIAL_SPEC, (options) => images.count(options)),
  door('ImageIndex.gc', GC_SPEC, (options) => images.gc(options)),
  door('new NoteIndex', NOTE_INDEX_SPEC, (options) => new NoteIndex(engine, options)),
  door('NoteIndex.put', WRITE_SPEC, (options) => notes.put([], options)),
  door('NoteIndex.add', NOTE_ADD_SPEC, (options) => notes.add([], options)),
  door('NoteIndex.delete', WRITE_SPEC, (options) => notes.delete([], options)),
  door('NoteIndex.search', NOTE_SEARCH_SPEC, (options) => notes.search('', options)),
  door('NoteIndex.like', LIKE_SPEC, (options) => notes.like('x', options)),
  door('NoteIndex.count', PARTIAL_SPEC, (options) => notes.count(options)),
  door('NoteIndex.rebuild', IMAGE_RUN_SPEC, (options) => notes.rebuild(options)),
  door('NoteIndex.gc', GC_SPEC, (options) => notes.gc(options)),
  door('NoteIndex.swap', SWAP_SPEC, (options) => notes.swap(options)),
  door('ImageIndex.swap', SWAP_SPEC, (options) => images.swap(options)),
  door('connect', CONNECT_SPEC, connect, { nodes: ['http://localhost:1'] }),
  door('connectElasticsearch', ELASTICSEARCH_CONNECT_SPEC, connectElasticsearch, {
    nodes: ['http://localhost:1'],
  }),
  door('sharedClient', SHARED_CLIENT_SPEC, sharedClient, { nodes: [' '], warn: none }),
  door('describeImage', IMAGE_LIMITS_SPEC, (options) => describeImage(NO_BYTES, options)),
  door('onnxModel preprocessing', ONNX_SPEC, (options) => onnxModel(NO_BYTES, options), SQUARE),
  door('onnxModel limits', IMAGE_LIMITS_SPEC, (options) => onnxModel(NO_BYTES, SQUARE, options)),
  door('makeThumbnail', MAKE_THUMBNAIL_SPEC, (options) => makeThumbnail(NO_BYTES, options), {
    ...SQUARE,
    format: 'webp',
  }),
  door('thumbnailStore', THUMBNAIL_STORE_SPEC, (options) => thumbnailStore('x', options), {
    thumbnail: none,
  }),
  door('fetchImage', FETCH_SPEC, (options) => fetchImage('ftp://x', options)),
  door('imageMapping', IMAGE_MAPPING_SPEC, imageMapping),
  door('createMetrics', METRICS_SPEC, createMetrics),
  door('watchQueue', WATCH_SPEC, (options) => watchQueue(QUEUE, options).stop()),
  door(
    'Health.listen',
    LISTEN_SPEC,
    async (options) => {
      const health = createHealth();
      try {
        await (await health.listen(options)).close();
      } finally {
        health.close();
      }
    },
    { port: 0 },
  ),
  door('readBoundaries', BOUNDARY_SPEC, (options) => readBoundaries([], options)),
  door('toPlaceDocument', DOCUMENT_SPEC, (options) => toPlaceDocument(RECORD, options)),
  door('resolveParents', PARENTS_SPEC, (options) => resolveParents(RECORD, options), {
    lookup: none,
  }),
  door('createHandler', HANDLER_SPEC, createHandler),
  door('serve', SERVE_SPEC, async (options: ServeOptions) => (await serve(options)).stop(), {
    port: 0,
    healthPort: 0,
  }),
  door('pageHandler', PAGE_SPEC, pageHandler),
];
