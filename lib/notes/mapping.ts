import { createRequire } from 'node:module';
import { settle, type Spec } from '../options.ts';

/** A complete create-index body of a cluster. */
export interface NoteIndexBody {
  settings: Record<string, unknown> & { index: Record<string, unknown> };
  mappings: Record<string, unknown> & { _meta: Record<string, unknown> };
}

/** What a deployment can choose about an index of notes. */
export interface NoteMappingOptions {
  /** Primary shards, 1..1024. Default 1: enough for about ten million notes. */
  numberOfShards?: number;
  /** Replicas of each shard, 0..1024. Default 1. */
  numberOfReplicas?: number;
}

/** Options of `noteMapping`. */
export const NOTE_MAPPING_SPEC: Spec<NoteMappingOptions, 'numberOfShards' | 'numberOfReplicas'> = {
  code: 'MAPPING_INVALID',
  fault: 'No index can be made with {}',
  options: {
    numberOfShards: { type: 'whole', min: 1, max: 1024, default: 1, help: 'primary shards' },
    numberOfReplicas: {
      type: 'whole',
      min: 0,
      max: 1024,
      default: 1,
      help: 'copies of each shard',
    },
  },
};

const load = createRequire(import.meta.url);

/**
 * The create-index body of an index of notes: `mappings/notes.json` with a deployment's choices applied. It
 * needs no plugin, and no analyzer: texts are cut and folded before they reach the engine.
 *
 * @returns A fresh copy.
 * @throws {OptionError} `MAPPING_INVALID`.
 */
export function noteMapping(options: NoteMappingOptions = {}): NoteIndexBody {
  const { numberOfShards, numberOfReplicas } = settle(NOTE_MAPPING_SPEC, options);
  const body = structuredClone(load('../../mappings/notes.json') as NoteIndexBody);
  const { index } = body.settings;
  index['number_of_shards'] = numberOfShards;
  index['number_of_replicas'] = numberOfReplicas;
  return body;
}
