import { EngineError } from '../../errors.ts';

/** Blocks by the server's reason, each with how to lift it. */
const BLOCKS: readonly (readonly [RegExp, string])[] = [
  [
    /create-index blocked|blocks\.create_index/,
    'No index can be made: set cluster.blocks.create_index to null; a service sets it if disk or memory is short.',
  ],
  [
    /cluster read-only|cluster\.blocks\.read_only/,
    'The whole cluster is read-only: set cluster.blocks.read_only and cluster.blocks.read_only_allow_delete to null.',
  ],
  [
    /read-only \/ allow delete|flood.stage/,
    'A disk is over its flood-stage watermark: free space, then set index.blocks.read_only_allow_delete to null on the index.',
  ],
  [
    /index read-only/,
    'index.blocks.read_only is set on the index: set it to null if it is no longer needed.',
  ],
  [
    /index read \(api\)/,
    'index.blocks.read is set on the index: set it to null if it is no longer needed.',
  ],
  [
    /index metadata \(api\)/,
    'index.blocks.metadata is set on the index, so not even its mapping can be read: set it to null if it is no longer needed.',
  ],
  [
    /index write/,
    'index.blocks.write is set on the index, as for a clone or a shrink: set it to null if it is no longer needed.',
  ],
];

/** What to do about a closed index. */
export const CLOSED_HINT = 'Open it (POST /<index>/_open), or roll back to another generation.';

/** Error types of blocks. */
export const BLOCK_TYPES: ReadonlySet<string> = new Set([
  'cluster_block_exception',
  'index_create_block_exception',
]);

/** What to do about a block, by the server's reason. */
export function blockHint(reason: string): string {
  const found = BLOCKS.find(([pattern]) => pattern.test(reason));
  return `${found?.[1] ?? 'Find out who set the block, and lift it.'} Then run it again.`;
}

/** `CLUSTER_BLOCKED`. @param title - Name of the product. */
export function clusterBlocked(reason: string, title: string): EngineError {
  return new EngineError(
    'CLUSTER_BLOCKED',
    `${title} blocks the request (${reason})`,
    blockHint(reason),
  );
}
