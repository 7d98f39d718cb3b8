/** Where the good records of a source stand, by their number. */
export interface RecordLines {
  /** Numbers come in order, from 1. */
  add(ordinal: number, at: { file: string; line: number }): void;
  at(ordinal: number): { file: string; line: number };
}

/** Keeps only the records that do not stand right after the one before them. */
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
