import { EngineError, quoteValue } from '../errors.ts';

// Errors that every engine gives by the same words.

/** `INDEX_NOT_FOUND`: an index that is not there. */
export function indexNotFound(index: string): EngineError {
  const hint = 'Run index-rebuild to build it, or check the name.';
  return new EngineError('INDEX_NOT_FOUND', `There is no index ${quoteValue(index)}`, hint);
}

/** `INDEX_IN_USE`: a generation that is to be dropped is live. */
export function indexInUse(generation: string, alias: string): EngineError {
  const hint = 'Swap the alias to another generation first.';
  const what = `Generation ${generation} is live behind alias ${alias}`;
  return new EngineError('INDEX_IN_USE', what, hint);
}

/** `INDEX_IN_USE`: a generation that is to be dropped is somebody's. */
export function indexClaimed(generation: string, claim: string): EngineError {
  const hint = 'Delete it yourself if nobody needs it.';
  return new EngineError('INDEX_IN_USE', `Generation ${generation} is kept: ${claim}`, hint);
}

/** `NOT_READY`: a generation that is to go live is not complete. */
export function notReady(generation: string): EngineError {
  const hint = 'Finish it first.';
  return new EngineError('NOT_READY', `Generation ${generation} is not complete`, hint);
}

/** `ALIAS_MOVED`: an alias is not where the caller expected it. `null` is nowhere. */
export function aliasMoved(
  alias: string,
  { at, expected }: { at: string | null; expected: string | null },
): EngineError {
  const hint = 'Another run or a person moved it: look at status, then decide.';
  const what = `Alias ${alias} is at ${at ?? 'nothing'}, not at ${expected ?? 'nothing'}`;
  return new EngineError('ALIAS_MOVED', what, hint);
}

/** `ALIAS_MOVED`: an alias is at several indexes at once, so nobody knows which one to write to. */
export function aliasOnSeveral(alias: string, indexes: readonly string[]): EngineError {
  const hint = 'Take it away from all but one: POST /_aliases. Nothing is written until then.';
  return new EngineError('ALIAS_MOVED', `Alias ${alias} names ${indexes.join(' and ')}`, hint);
}

/** `FENCED`: whoever fills a generation must not any more. */
export function fenced(generation: string): EngineError {
  const what = `Another run fills ${generation}, or it is complete or gone`;
  const hint = 'Look at status; run the rebuild again if nobody does.';
  return new EngineError('FENCED', what, hint);
}

/** `TEXT_NOT_INDEXED`: an index from before there was text search. */
export function textNotIndexed(index: string): EngineError {
  const what = `${index} was built before there was text search`;
  return new EngineError('TEXT_NOT_INDEXED', what, 'Run index-rebuild to build it anew.');
}

/** `ENGINE_CLOSED`. `name`: of the function that makes a new one. */
export function engineClosed(name: string): EngineError {
  return new EngineError(
    'ENGINE_CLOSED',
    'This engine was closed',
    `Make a new one with ${name}().`,
  );
}
