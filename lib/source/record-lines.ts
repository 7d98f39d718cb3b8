import { quoteValue, RecordError } from '../errors.ts';
import { Growing } from '../growing.ts';
import { TextNumbers } from '../text-numbers.ts';

/** File and line of the good records of a source, by their number. */
export interface RecordLines {
  /** Call it with consecutive numbers, from 1. */
  add(ordinal: number, at: { file: string; line: number }): void;
  at(ordinal: number): { file: string; line: number };
}

/** To save memory, only records that do not directly follow the previous one are stored. */
export function recordLines(): RecordLines {
  const breaks: { ordinal: number; file: string; line: number }[] = [];
  return {
    add(ordinal: number, { file, line }: { file: string; line: number }): void {
      const last = breaks.at(-1);
      if (last?.file === file && last.line + ordinal - last.ordinal === line) return;
      breaks.push({ ordinal, file, line });
    },
    at(ordinal: number): { file: string; line: number } {
      let low = 0;
      let high = breaks.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (breaks[middle]!.ordinal <= ordinal) low = middle;
        else high = middle - 1;
      }
      const { file, line, ordinal: first } = breaks[low]!;
      return { file, line: line + ordinal - first };
    },
  };
}

/** Which record each of many texts came with first, such as ids. Texts take about 2 bytes a character and 16 more. */
export class FirstSeen {
  readonly #texts = new TextNumbers();
  readonly #ordinals = new Growing(Uint32Array);

  /** @returns The number of the first record with the text; its own number if it is the first. */
  seen(text: string, ordinal: number): number {
    const number = this.#texts.numberOf(text);
    if (number === this.#ordinals.length) this.#ordinals.push(ordinal);
    return this.#ordinals.at(number);
  }

  /** @param number - Counts distinct texts, from 0. */
  textOf(number: number): string {
    return this.#texts.textOf(number);
  }
}

/** The error for a record with the id of an earlier one. */
export function duplicateOf(id: string, first: { file: string; line: number }): RecordError {
  const what = `id ${quoteValue(id)} is taken by line ${first.line} of ${first.file}`;
  const hint = 'Give each place its own id, or remove one of the two records.';
  return new RecordError('DUPLICATE_ID', what, hint, { field: 'id', value: id });
}
