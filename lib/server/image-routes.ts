import { quoteValue } from '../errors.ts';
import type { ImageIndex } from '../image-index.ts';
import type { ImageDocument, ImageViews } from '../knn/document.ts';
import { FIELD_TEXT, fieldsOf, readFieldText } from '../knn/field-text.ts';
import type { FieldFilter } from '../knn/query.ts';
import type { SimilarCallOptions } from '../image-options.ts';
import { SIMILAR_SPEC } from '../knn/similar/similar.ts';
import type { Option } from '../options.ts';
import { markOf, PARTIAL_SPEC } from '../partial.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import { PROBLEMS, RequestError } from './problem.ts';
import type { Route } from './route.ts';

interface SimilarValues extends Omit<SimilarCallOptions, 'filter'> {
  id?: string;
  filter?: readonly string[];
}

/** Limits are lower over HTTP than in code. */
const { limit, maxDistance, exact, turned } = SIMILAR_SPEC.options;
const SIMILAR_PARAMETERS: readonly Parameter[] = [
  { name: 'limit', option: { ...limit, max: 100 } as Option },
  { name: 'maxDistance', option: { ...maxDistance, min: 0 } as Option },
  {
    name: 'filter',
    repeat: true,
    option: {
      type: 'list',
      items: {
        type: 'text',
        pattern: /^[A-Za-z][A-Za-z0-9_.-]{0,63}=/,
        maxLength: 400,
        wanted: FIELD_TEXT,
        help: '',
      },
      most: 8,
      help: `only pictures with this field: ${FIELD_TEXT}`,
    },
  },
  { name: 'exact', option: exact },
  { name: 'turned', option: turned },
  ...parametersOf(PARTIAL_SPEC, ['allowPartial']),
];

const LISTED = {
  type: 'whole',
  min: 1,
  max: 200,
  default: 60,
  help: 'most pictures of a list',
} as const;

/** Routes of similar pictures, lists of pictures, and single pictures. */
export function imageRoutes(images: ImageIndex): Route[] {
  return [
    {
      method: 'POST',
      path: '/similar',
      operation: 'similar',
      summary: 'Pictures like one, the surest first; `rule` says why each was found.',
      parameters: [
        {
          name: 'id',
          option: {
            type: 'text',
            maxLength: 2048,
            help: 'of an indexed picture, instead of a body',
          },
        },
        ...SIMILAR_PARAMETERS,
      ],
      describe: (picture, signal) => images.describe(picture, { signal }),
      answer: 'SimilarImages',
      problems: {
        404: 'There is no picture of this id: `IMAGE_UNKNOWN`.',
        413: PROBLEMS[413],
        415: PROBLEMS[415],
        422: PROBLEMS[422],
      },
      cache: 'no-store',
      kind: 'similar',
      priority: 'images',
      async run({ values, picture, signal }) {
        const { id, filter, ...rest } = values as SimilarValues;
        const options: SimilarCallOptions = { ...rest };
        if (filter) options.filter = filterOf(filter);
        const found = await images.similar(id === undefined ? picture! : { id }, {
          ...options,
          signal,
        });
        return {
          images: found.map(({ document, ...rest }) => ({ ...rest, image: imageOf(document) })),
          ...markOf(found),
        };
      },
    },
    {
      method: 'GET',
      path: '/images',
      operation: 'images',
      summary: 'The first pictures of the index in the order of their ids: what is known of them.',
      parameters: [{ name: 'limit', option: LISTED }],
      answer: 'Images',
      cache: 'no-cache',
      kind: 'image',
      priority: 'images',
      async run({ values }) {
        const { limit = LISTED.default } = values as { limit?: number };
        const found: object[] = [];
        for await (const document of images.scan()) {
          found.push(imageOf(document));
          if (found.length >= limit) break;
        }
        return { images: found };
      },
    },
    {
      method: 'GET',
      path: '/images/{id}',
      operation: 'image',
      summary: 'A picture by its id: what is known of it, not the picture itself.',
      parameters: [],
      answer: 'Image',
      problems: { 404: 'There is no such picture: `IMAGE_UNKNOWN`.' },
      cache: 'no-cache',
      kind: 'image',
      priority: 'images',
      async run({ id }) {
        const document = await images.get(id);
        if (document !== null) return imageOf(document);
        const what = `There is no picture ${quoteValue(id)}`;
        throw new RequestError('IMAGE_UNKNOWN', what, 'Give the id of an indexed picture.', {
          status: 404,
        });
      },
    },
  ];
}

/** @throws {RequestError} 400 `PARAMETER_INVALID`. */
function filterOf(terms: readonly string[]): FieldFilter {
  return fieldsOf(
    terms.map((term) => {
      const field = readFieldText(term);
      if (field) return field;
      const what = `filter can't be ${quoteValue(term)}`;
      throw new RequestError('PARAMETER_INVALID', what, `Give ${FIELD_TEXT}.`, { status: 400 });
    }),
  );
}

/**
 * A document without vectors and terms, and without its source, which is a path on this machine or
 * a URL that may be signed.
 */
function imageOf(document: Omit<ImageDocument, keyof ImageViews | 'slots' | 'terms'>): object {
  const { id, sha256, bytes, format, width, height, color, quality, blockhash, dctHash } = document;
  const { fields, addedAt, checkedAt, goneAt } = document;
  const hashes = { sha256, blockhash, dctHash };
  const file = { bytes, format, width, height, color, quality };
  return { id, ...file, ...hashes, fields, addedAt, checkedAt, goneAt };
}
