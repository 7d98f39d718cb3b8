import { EngineError, quoteValue } from '../errors.ts';

// Errors with the same wording on every engine.

/** `INDEX_NOT_FOUND`: there is no such index. */
export function indexNotFound(index: string): EngineError {
  const hint =
    'Make it (index-rebuild for places, images add, notes add), or check --alias and --data.';
  return new EngineError('INDEX_NOT_FOUND', `There is no index ${quoteValue(index)}`, hint);
}

/** `INDEX_IN_USE`: the generation to drop is live. */
export function indexInUse(generation: string, alias: string): EngineError {
  const hint = 'Swap the alias to another generation first.';
  const what = `Generation ${generation} is live behind alias ${alias}`;
  return new EngineError('INDEX_IN_USE', what, hint);
}

/** `INDEX_IN_USE`: another process has a claim on the generation to drop. */
export function indexClaimed(generation: string, claim: string): EngineError {
  const hint = 'Delete it yourself if nobody needs it.';
  return new EngineError('INDEX_IN_USE', `Generation ${generation} is kept: ${claim}`, hint);
}

/** `NOT_READY`: the generation for the swap is not complete. */
export function notReady(generation: string): EngineError {
  const hint = 'Finish it first.';
  return new EngineError('NOT_READY', `Generation ${generation} is not complete`, hint);
}

/** `ALIAS_MOVED`: an alias does not point where the caller expected. `null` is nowhere. */
export function aliasMoved(
  alias: string,
  { at, expected }: { at: string | null; expected: string | null },
): EngineError {
  const hint = 'Another run or a person moved it: look at status, then decide.';
  const what = `Alias ${alias} is at ${at ?? 'nothing'}, not at ${expected ?? 'nothing'}`;
  return new EngineError('ALIAS_MOVED', what, hint);
}

/** `ALIAS_MOVED`: an alias points to several indexes, so it is unknown which one to write to. */
export function aliasOnSeveral(alias: string, indexes: readonly string[]): EngineError {
  const hint =
    'Take it away from all but one: index-rebuild adopt GENERATION, or POST /_aliases. Nothing is written until then.';
  return new EngineError('ALIAS_MOVED', `Alias ${alias} names ${indexes.join(' and ')}`, hint);
}

/** `FENCED`: this run may not fill the generation any more. */
export function fenced(generation: string): EngineError {
  const what = `Another run fills ${generation}, or it is complete or gone`;
  const hint = 'Look at status; run the rebuild again if nobody does.';
  return new EngineError('FENCED', what, hint);
}

/** `GENERATION_LOST`: a generation that is being built has lost all copies of a shard. */
export function lost(generation: string): EngineError {
  const what = `${generation} has lost a shard: no node has a copy of it`;
  const hint =
    'Look at GET /_cluster/allocation/explain; a rebuild starts again on the remaining nodes.';
  return new EngineError('GENERATION_LOST', what, hint);
}

/** `TEXT_NOT_INDEXED`: the index is older than text search. */
export function textNotIndexed(index: string): EngineError {
  const what = `${index} was built before there was text search`;
  return new EngineError('TEXT_NOT_INDEXED', what, 'Run index-rebuild to build it again.');
}

/** `ENGINE_CLOSED`. `name`: the function that makes a new engine. */
export function engineClosed(name: string): EngineError {
  return new EngineError(
    'ENGINE_CLOSED',
    'This engine was closed',
    `Make a new one with ${name}().`,
  );
}

/** `ENGINE_CLOSED`, of one index of several on an engine. */
export function indexWasClosed(): EngineError {
  return new EngineError('ENGINE_CLOSED', 'This index was closed', 'Make a new one.');
}
