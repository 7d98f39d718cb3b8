import { PLACE_KINDS } from '../autocomplete/place.ts';
import { listOf, objectOf, type Schema, schemaRef } from './schema.ts';

const TEXT: Schema = { type: 'string' };
const NUMBER: Schema = { type: 'number' };
const WHOLE: Schema = { type: 'integer', minimum: 0 };
const FLAG: Schema = { type: 'boolean' };
const TEXT_OR_NULL: Schema = { type: ['string', 'null'] };
const NUMBER_OR_NULL: Schema = { type: ['number', 'null'] };
const SHARE: Schema = { type: 'number', minimum: 0, maximum: 1 };
const TIME: Schema = { type: 'string', format: 'date-time' };
const HASH: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
/** Facts of any form, with numbers and texts. */
const FACTS: Schema = { type: 'object', additionalProperties: true };

const KIND: Schema = { type: 'string', enum: PLACE_KINDS };
const NAME_KIND: Schema = {
  type: 'string',
  enum: ['official', 'short', 'colloquial', 'historic', 'misspelling'],
};

const RANGES = listOf(listOf(WHOLE, { minItems: 2, maxItems: 2 }), {
  description: 'Half-open ranges in UTF-16 code units, as start and end.',
});

/** A piece of a longer text that begins at the offset `at`. */
const FRAGMENT = objectOf({ text: TEXT, at: WHOLE, highlights: RANGES });

/** What a suggestion and a hit of a text search have in common. */
const SHOWN = {
  id: TEXT,
  name: TEXT,
  officialName: TEXT,
  label: { ...TEXT, description: 'Name, parent city, country.' },
  kind: KIND,
  country: TEXT_OR_NULL,
  matches: RANGES,
  'location?': schemaRef('Position'),
  'distanceKm?': NUMBER,
  score: { ...NUMBER, description: 'Higher is better; comparable within one answer only.' },
  'unread?': RANGES,
  'guess?': { const: true },
  'explain?': FACTS,
};

/** How much answered, with `allowPartial`, where not all of the index did. */
const PARTIAL: Schema = {
  ...objectOf({ shards: WHOLE, answered: WHOLE, 'timedOut?': { const: true } }),
  description: 'Of a part of the index only.',
};
/** A setting of the cluster that kept names with a mistake out of an answer. */
const LIMITING = {
  ...TEXT,
  description: 'Setting of the cluster that keeps names with a mistake out, all or some.',
};
const MARK = { 'partial?': schemaRef('Partial'), 'limitedBy?': LIMITING };

/** The schema of every answer, by its name in the components of the OpenAPI document. */
export const ANSWER_SCHEMAS: Readonly<Record<string, Schema>> = Object.freeze({
  Position: objectOf({ lat: NUMBER, lon: NUMBER }),
  Suggestion: objectOf({
    ...SHOWN,
    'matchedName?': TEXT,
    'converted?': { const: true },
    'sessionToken?': TEXT,
  }),
  Partial: PARTIAL,
  Suggestions: objectOf({ suggestions: listOf(schemaRef('Suggestion')), ...MARK }),
  TextResult: objectOf({
    ...SHOWN,
    categories: listOf(TEXT),
    highlights: listOf(objectOf({ part: TEXT, text: TEXT, ranges: RANGES })),
    'description?': objectOf({ 'language?': TEXT, fragments: listOf(FRAGMENT) }),
  }),
  TextAnswer: objectOf({
    total: WHOLE,
    more: { ...FLAG, description: 'There may be more than `total`.' },
    hits: listOf(schemaRef('TextResult')),
    ...MARK,
  }),
  Detection: objectOf({
    name: TEXT,
    language: { type: 'string', enum: ['zh', 'ja', 'both', 'other', 'und'] },
    confidence: SHARE,
    script: objectOf({ han: FLAG, kana: FLAG, hangul: FLAG, latin: FLAG }),
    zhVariant: { type: ['string', 'null'], enum: ['Hant', 'Hant-HK', 'Hans', null] },
    ambiguous: FLAG,
    alsoZh: FLAG,
    alsoJa: FLAG,
    zhForm: TEXT_OR_NULL,
    reason: TEXT,
  }),
  Place: objectOf({
    id: TEXT,
    kind: KIND,
    'granularity?': TEXT,
    'country?': TEXT,
    'location?': schemaRef('Position'),
    importance: SHARE,
    names: listOf(
      objectOf({
        text: TEXT,
        'language?': TEXT,
        kind: NAME_KIND,
        'made?': { const: true },
        'pinyin?': TEXT,
        'commonPinyin?': TEXT,
        'kana?': TEXT,
        'jyutping?': TEXT,
      }),
    ),
    parents: listOf(
      objectOf({
        id: TEXT,
        kind: KIND,
        names: { type: 'object', additionalProperties: TEXT },
        'variants?': listOf(TEXT),
        'importance?': SHARE,
      }),
    ),
    'categories?': listOf(TEXT),
    'descriptions?': listOf(objectOf({ text: TEXT, 'language?': TEXT })),
  }),
  Note: objectOf({
    id: TEXT,
    title: TEXT,
    body: TEXT,
    tags: listOf(TEXT),
    'time?': TIME,
    sources: listOf(TEXT),
    'language?': TEXT,
  }),
  SearchedNote: objectOf({
    id: TEXT,
    title: TEXT,
    titleHighlights: RANGES,
    fragments: listOf(FRAGMENT),
    tags: listOf(TEXT),
    'time?': TIME,
    sources: listOf(TEXT),
    score: NUMBER,
  }),
  NoteAnswer: objectOf({
    total: WHOLE,
    more: { ...FLAG, description: 'There may be more than `total`.' },
    notes: listOf(schemaRef('SearchedNote')),
    ...MARK,
  }),
  SimilarNotes: objectOf({ notes: listOf(schemaRef('SearchedNote')), ...MARK }),
  Image: objectOf({
    id: TEXT,
    'sha256?': HASH,
    'bytes?': WHOLE,
    'format?': TEXT,
    'width?': WHOLE,
    'height?': WHOLE,
    'color?': TEXT,
    'quality?': { type: 'number', minimum: 0, maximum: 100 },
    'blockhash?': HASH,
    'dctHash?': HASH,
    fields: FACTS,
    addedAt: TIME,
    'checkedAt?': TIME,
    'goneAt?': TIME,
  }),
  Images: objectOf({ images: listOf(schemaRef('Image')) }),
  SimilarImages: objectOf({
    images: listOf(
      objectOf({
        id: TEXT,
        rule: {
          type: 'string',
          enum: ['same-bytes', 'same-hash', 'near-hash', 'near-vector', 'nearest'],
        },
        distance: NUMBER_OR_NULL,
        bits: { type: ['integer', 'null'], minimum: 0, maximum: 256 },
        'semantic?': NUMBER,
        image: schemaRef('Image'),
      }),
    ),
    ...MARK,
  }),
  Status: objectOf({
    indexes: listOf(
      objectOf({
        alias: TEXT,
        engine: objectOf({
          name: TEXT,
          version: TEXT,
          status: { type: 'string', enum: ['ok', 'degraded', 'down'] },
        }),
        generations: listOf(
          objectOf({
            name: TEXT,
            state: { type: 'string', enum: ['building', 'ready', 'live', 'previous', 'retired'] },
            documents: WHOLE,
            createdAt: TIME,
            'failed?': { ...WHOLE, description: 'Dead letters of its rebuild.' },
          }),
        ),
        rebuild: {
          ...objectOf({
            generation: TEXT,
            since: TIME,
            running: { ...FLAG, description: 'False: it was cut off, and may be resumed.' },
            stage: { type: 'string', enum: ['read', 'fill', 'swap'] },
            documents: WHOLE,
            of: { type: ['integer', 'null'], description: 'Documents of the live generation.' },
            failed: { ...WHOLE, description: 'Dead letters as of the last checkpoint.' },
          }),
          type: ['object', 'null'],
        },
      }),
    ),
  }),
  Problem: objectOf({
    type: { ...TEXT, description: '`about:blank`: the status says it, and `code` what exactly.' },
    title: TEXT,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: TEXT,
    code: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$', description: 'Branch on this.' },
  }),
  OpenApi: FACTS,
});
