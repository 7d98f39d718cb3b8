import { type Boost, readBoost } from '../autocomplete/record/learned.ts';
import { recordId } from '../autocomplete/record/record.ts';
import { RecordError } from '../errors.ts';
import { type CustomOption, OPTION_INVALID, type Spec } from '../options.ts';
import { readJsonLines } from './json-lines.ts';
import type { RecordSource } from './source.ts';

/** What use adds to the importance of places. */
export interface BoostSource {
  /** Path of a file of `suoyin learn`, or what `learnBoosts` returns. */
  boosts?: string | readonly object[];
}

const BOOSTS: CustomOption & { default?: undefined } = {
  type: 'custom',
  fits: (value) => typeof value === 'string' || Array.isArray(value),
  flag: '--boosts <file>',
  wanted: 'the path of a file, or a list of boosts',
  help: 'what use adds to the importance of places, as `suoyin learn` writes it',
};

/** The option that takes boosts. */
export const BOOSTS_SPEC: Spec<BoostSource> = { code: OPTION_INVALID, options: { boosts: BOOSTS } };

/** A source whose records have their boosts as `learned`. */
export interface BoostedSource extends RecordSource {
  /** Boosts of no record so far. */
  readonly unusedBoosts: number;
}

/**
 * Gives the records of a source their boosts, before what they state themselves.
 *
 * @throws {RecordError} `BOOST_INVALID`, with file and line: an order that is half learned is none.
 * @throws {OptionError} `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 */
export async function boosted(
  source: RecordSource,
  boosts: BoostSource['boosts'],
): Promise<BoostedSource> {
  const byId = await boostsById(boosts);
  const used = new Set<string>();
  return {
    size: source.size,
    get notes() {
      return source.notes;
    },
    get unusedBoosts() {
      return byId.size - used.size;
    },
    async *lines(onRead) {
      for await (const line of source.lines(onRead)) {
        const { file, line: at, value, error } = line;
        const id = error ? null : recordId(value);
        const learned = id === null ? undefined : byId.get(id);
        if (learned === undefined) yield line;
        else {
          used.add(id!);
          yield { file, line: at, value: { ...(value as object), learned } };
        }
      }
    },
  };
}

async function boostsById(boosts: BoostSource['boosts'] = []): Promise<Map<string, number>> {
  if (typeof boosts !== 'string') return new Map(boosts.map(readBoost).map(entryOf));
  const byId = new Map<string, number>();
  for await (const { line, value, error } of readJsonLines(boosts)) {
    try {
      if (error) throw error;
      byId.set(...entryOf(readBoost(value)));
    } catch (fault) {
      if (!(fault instanceof RecordError)) throw fault;
      const { code, field, hint, message } = fault;
      const what = `${boosts} line ${line}: ${message.slice(0, -`. ${hint}`.length)}`;
      throw new RecordError(code, what, hint, { field, value });
    }
  }
  return byId;
}

function entryOf({ id, boost }: Pick<Boost, 'id' | 'boost'>): [string, number] {
  return [id, boost];
}
