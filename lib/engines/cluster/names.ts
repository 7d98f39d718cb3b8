import { createHash } from 'node:crypto';
import { indexNotFound } from '../refusals.ts';

/** An alias, or a generation, whose name also has a number. */
const INDEX = /^[a-z][a-z0-9_-]{0,120}$/;

/** Longest `_id`, in bytes. */
const ID_BYTES = 512;

/** An index or alias as part of a path; refuses patterns and lists. */
export function pathOf(index: string): string {
  if (INDEX.test(index)) return index;
  throw indexNotFound(index);
}

/** Names that belong to an alias: its state, its bookkeeping aliases, its generations. */
export function namesOf(alias: string): {
  state: string;
  /** The alias through which its state is written. */
  stateAlias: string;
  unset: string;
  previous: string;
  shown: string;
  generation(number: number): string;
} {
  return {
    state: `${alias}-state`,
    stateAlias: stateAliasOf(`${alias}-state`),
    unset: `${alias}--unset`,
    previous: `${alias}--previous`,
    /** On every generation that has ever been live, so that cleanup never mistakes it for an orphan. */
    shown: `${alias}--shown`,
    generation: (number) => `${alias}-${String(number).padStart(6, '0')}`,
  };
}

/** Whether an index has the name of a generation of this alias. */
export function isGeneration(alias: string, name: string): boolean {
  return name.startsWith(`${alias}-`) && /^\d{6,}$/.test(name.slice(alias.length + 1));
}

/** Whether an alias of a generation is bookkeeping of suoyin. */
export function isBookkeeping(alias: string, generation: string, name: string): boolean {
  const { previous, shown } = namesOf(alias);
  return (
    [previous, shown, writeAlias(generation)].includes(name) ||
    name.startsWith(fillAlias(generation, ''))
  );
}

/** Alias through which a state index is written, so that a write never creates the index. */
export function stateAliasOf(state: string): string {
  return `${state}--w`;
}

/** Alias for live writes to a generation; removed before the generation is. */
export function writeAlias(generation: string): string {
  return `${generation}--w`;
}

/** Alias for the fill of one run; removed when another run takes over or the fill is done. */
export function fillAlias(generation: string, token: string): string {
  return `${generation}--fill-${token}`;
}

/** `_id` of a document: its id, or a digest if the id is too long. */
export function documentId(id: string): string {
  if (Buffer.byteLength(id) <= ID_BYTES) return id;
  return `sha256:${createHash('sha256').update(id).digest('hex')}`;
}
