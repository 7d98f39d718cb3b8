import type { AliasState } from '../engines/engine.ts';

/** Where an alias is now, and what moved with it. */
export function swapText({ alias, generation, previous, aliases = [] }: AliasState): string[] {
  return [
    `${alias} is now ${generation}, before that ${previous ?? 'nothing'}`,
    ...movedText(aliases),
  ];
}

/** Aliases of the host that a swap moved too. */
export function movedText(aliases: readonly string[]): string[] {
  return aliases.length === 0 ? [] : [`moved along: ${aliases.join(', ')}`];
}

/** Generations that were started again from the beginning. */
export function lostText(lost: readonly string[]): string[] {
  return lost.map((name) => `${name} lost a shard with a node, and was begun anew on what is left`);
}
