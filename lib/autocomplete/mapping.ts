import { MissingDependencyError } from '../errors.ts';
import { nodeRequire } from '../node-require.ts';
import { checkOptions, type Spec } from '../options.ts';

/** A complete create-index body of OpenSearch. */
export interface IndexBody {
  settings: Record<string, unknown> & { index: Record<string, unknown> };
  mappings: Record<string, unknown> & { _meta: Record<string, unknown> };
}

/** What a deployment can choose about a place index. */
export interface PlaceMappingOptions {
  /** Primary shards, 1..1024. Default 1: enough for about ten million places. */
  numberOfShards?: number;
  /** Replicas of each shard, 0..1024. Default 1. */
  numberOfReplicas?: number;
  /**
   * Analysis plugins of the cluster that additionally index `zh` and `ja` as the subfields
   * `ja.kuromoji`, `zh.smartcn`, `zh.icu` and `ja.icu`, for queries of your own. Default none.
   */
  serverAnalysis?: readonly ('kuromoji' | 'smartcn' | 'icu')[];
}

/** What is chosen for an index that has fields of its own beside those of places. */
export interface HostMappingOptions extends PlaceMappingOptions {
  /** What the names of all fields begin with, letters, digits and `_`. The mapping is then not strict. Default nothing. */
  prefix?: string;
}

/** OpenSearch's limit on the shards of an index; more replicas make no sense either. */
const SHARDS_MAX = 1024;

/** Options of a place index. */
export const PLACE_MAPPING_SPEC: Spec<PlaceMappingOptions> = {
  code: 'MAPPING_INVALID',
  fault: 'No index can be made with {}',
  options: {
    numberOfShards: {
      type: 'whole',
      min: 1,
      max: SHARDS_MAX,
      otherwise: 'as the live generation has, else 1',
      flag: '--shards',
      help: 'primary shards of a new index on a cluster',
    },
    numberOfReplicas: {
      type: 'whole',
      min: 0,
      max: SHARDS_MAX,
      otherwise: 'as the live generation has, else 1',
      flag: '--replicas',
      help: 'copies of each shard on a cluster',
    },
    serverAnalysis: {
      type: 'list',
      items: { type: 'text', choices: ['kuromoji', 'smartcn', 'icu'], help: '' },
      otherwise: 'none',
      help: 'analysis plugins of the cluster that also split `zh` and `ja`',
    },
  },
};

/** Options of `placeMapping`. */
export const HOST_MAPPING_SPEC: Spec<HostMappingOptions> = {
  ...PLACE_MAPPING_SPEC,
  options: {
    ...PLACE_MAPPING_SPEC.options,
    prefix: {
      type: 'text',
      pattern: /^[a-z][a-z0-9_]{0,40}$/i,
      wanted: 'up to 41 letters, digits and _, a letter first',
      otherwise: 'none',
      help: 'what the names of all fields begin with, in an index with fields of its own',
    },
  },
};

/**
 * The create-index body of a place index: `mappings/places.json` with a deployment's choices
 * applied.
 *
 * It needs no plugin: names are folded, transcribed and segmented before they reach the engine.
 * `dynamic` is strict, so a document of another shape is refused.
 *
 * For an index of your own, with a `prefix`: `settings.analysis` and `mappings.properties` go into its body.
 *
 * @returns A fresh copy.
 * @throws {OptionError} `MAPPING_INVALID` for a number out of range.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` where there are no files, as in a browser.
 * @example
 * await client.indices.create({ index: 'places-000001', body: placeMapping({ numberOfReplicas: 0 }) });
 */
export function placeMapping(options: HostMappingOptions = {}): IndexBody {
  checkOptions(HOST_MAPPING_SPEC, options);
  const load = nodeRequire(import.meta.url);
  if (load === null) {
    throw new MissingDependencyError(
      'MISSING_DEPENDENCY',
      'placeMapping reads a file, and there are none here',
      "Import 'suoyin/mappings/places.json' instead.",
    );
  }
  const body = structuredClone(load('../../mappings/places.json') as IndexBody);
  const { index } = body.settings;
  index['number_of_shards'] = options.numberOfShards ?? index['number_of_shards'];
  index['number_of_replicas'] = options.numberOfReplicas ?? index['number_of_replicas'];
  const { zh, ja } = body.mappings['properties'] as Record<'zh' | 'ja', Record<string, unknown>>;
  const subfield = (field: Record<string, unknown>, name: string, analyzer: string): void => {
    field['fields'] = {
      ...(field['fields'] as object | undefined),
      [name]: { type: 'text', analyzer },
    };
  };
  for (const plugin of options.serverAnalysis ?? []) {
    if (plugin !== 'smartcn') subfield(ja, plugin, plugin === 'icu' ? 'icu_analyzer' : 'kuromoji');
    if (plugin !== 'kuromoji') subfield(zh, plugin, plugin === 'icu' ? 'icu_analyzer' : 'smartcn');
  }
  return options.prefix === undefined ? body : withPrefix(body, options.prefix);
}

/** The body of an index that others have a say in: what it has besides is theirs. */
function withPrefix({ settings, mappings }: IndexBody, prefix: string): IndexBody {
  const named = (fields: readonly string[]): string[] => fields.map((name) => `${prefix}${name}`);
  const { index } = settings;
  const properties = Object.entries(mappings['properties'] as object);
  return {
    settings: {
      ...settings,
      index: { ...index, 'sort.field': named(index['sort.field'] as string[]) },
    },
    mappings: {
      _meta: mappings._meta,
      properties: Object.fromEntries(
        properties.map(([name, field]: [string, unknown]) => [`${prefix}${name}`, field]),
      ),
    },
  };
}
