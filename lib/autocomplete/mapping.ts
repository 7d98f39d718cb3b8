import { createRequire } from 'node:module';
import { OptionError, quoteValue } from '../errors.ts';

/** A complete create-index body of OpenSearch. */
export interface IndexBody {
  settings: Record<string, unknown> & { index: Record<string, unknown> };
  mappings: Record<string, unknown> & { _meta: Record<string, unknown> };
}

/** What a deployment decides about a place index. */
export interface PlaceMappingOptions {
  /** Primary shards, 1..1024. Default 1: enough to some ten million places. */
  numberOfShards?: number;
  /** Replicas of each, 0..1024. Default 1. */
  numberOfReplicas?: number;
  /**
   * Analysis plugins of the cluster that also split `zh` and `ja`, into the subfields `ja.kuromoji`,
   * `zh.smartcn`, `zh.icu` and `ja.icu`, for queries of your own. Default none.
   */
  serverAnalysis?: readonly ('kuromoji' | 'smartcn' | 'icu')[];
}

const load = createRequire(import.meta.url);

/**
 * The create-index body of a place index: `mappings/places.json` with a deployment's numbers set.
 *
 * Needs no plugin: keys are folded, read and segmented before they reach the engine. `dynamic` is
 * strict, so a document of another shape is refused.
 *
 * @returns A fresh copy.
 * @throws {OptionError} `MAPPING_INVALID` for a number that no engine takes.
 * @example
 * await client.indices.create({ index: 'places-000001', body: placeMapping({ numberOfReplicas: 0 }) });
 */
export function placeMapping(options: PlaceMappingOptions = {}): IndexBody {
  checkNumber('numberOfShards', options.numberOfShards, 1);
  checkNumber('numberOfReplicas', options.numberOfReplicas, 0);
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

/** The most shards that OpenSearch makes for an index; nobody has more replicas. */
const MOST = 1024;

function checkNumber(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= MOST)) return;
  const what = `No index can be made with ${name} ${quoteValue(value)}`;
  throw new OptionError('MAPPING_INVALID', what, `Use a whole number from ${least} to ${MOST}.`);
}
