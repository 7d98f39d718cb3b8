import { createRequire } from 'node:module';
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

/** OpenSearch's limit on the shards of an index; more replicas make no sense either. */
const SHARDS_MAX = 1024;

/** Options of `placeMapping`. */
export const PLACE_MAPPING_SPEC: Spec<PlaceMappingOptions> = {
  code: 'MAPPING_INVALID',
  fault: 'No index can be made with {}',
  options: {
    numberOfShards: {
      type: 'whole',
      min: 1,
      max: SHARDS_MAX,
      otherwise: '1',
      help: 'primary shards',
    },
    numberOfReplicas: {
      type: 'whole',
      min: 0,
      max: SHARDS_MAX,
      otherwise: '1',
      help: 'copies of each shard',
    },
    serverAnalysis: {
      type: 'list',
      items: { type: 'text', choices: ['kuromoji', 'smartcn', 'icu'], help: '' },
      otherwise: 'none',
      help: 'analysis plugins of the cluster that also split `zh` and `ja`',
    },
  },
};

const load = createRequire(import.meta.url);

/**
 * The create-index body of a place index: `mappings/places.json` with a deployment's choices
 * applied.
 *
 * It needs no plugin: names are folded, transcribed and segmented before they reach the engine.
 * `dynamic` is strict, so a document of another shape is refused.
 *
 * @returns A fresh copy.
 * @throws {OptionError} `MAPPING_INVALID` for a number out of range.
 * @example
 * await client.indices.create({ index: 'places-000001', body: placeMapping({ numberOfReplicas: 0 }) });
 */
export function placeMapping(options: PlaceMappingOptions = {}): IndexBody {
  checkOptions(PLACE_MAPPING_SPEC, options);
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
  return body;
}
