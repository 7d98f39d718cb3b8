import { fold } from '../../analyzers/fold.ts';
import { quoteValue, RecordError } from '../../errors.ts';
import { greatestOf } from '../../extremes.ts';
import { OPTION_INVALID, settle, type Spec } from '../../options.ts';
import { round } from '../rounding.ts';

/** Most that use adds to the importance of a place: less than a whole name counts before the beginning of one. */
export const LEARNED_MOST = 0.2;

/** A choice of somebody: what was typed, and the place that was taken from the list. */
export interface Click {
  query: string;
  /** Of the place. */
  id: string;
  /** Whose choice it was; of one session the same choice counts once. */
  session?: string;
}

/** What use adds to the importance of a place. */
export interface Boost {
  id: string;
  /** Over 0, at most `LEARNED_MOST`. */
  boost: number;
  /** Choices that it comes from. */
  clicks: number;
}

/** What `learnBoosts` may be told. */
export interface LearnOptions {
  /** Choices of a place from which on it is boosted, 1 or more. Default 3. */
  minClicks?: number;
}

/** Options of `learnBoosts`. */
export const LEARN_SPEC: Spec<LearnOptions, 'minClicks'> = {
  code: OPTION_INVALID,
  options: {
    minClicks: {
      type: 'whole',
      min: 1,
      max: 1_000_000,
      default: 3,
      help: 'choices of a place from which on it is boosted',
    },
  },
};

/** Choices of something else that are taken for granted of every query: one choice tells little. */
const DOUBT = 5;

/** Gathers choices, and makes boosts of them. Memory grows with the number of different choices. */
export interface Learner {
  /** @throws {RecordError} `CLICK_INVALID`, naming the field. */
  add(click: Click): void;
  /** The highest first, ties by id. */
  boosts(): Boost[];
}

/**
 * Learns from what people chose which places they mean: how often a place is chosen, times how surely it is by
 * those who typed the same.
 *
 * The boost of a place is `LEARNED_MOST` times two shares: the logarithm of its choices beside that of the place
 * with the most, and the mean over its choices of c / (n + 5), where c of n who typed the same chose it.
 *
 * @throws {OptionError} `OPTION_INVALID`, `OPTION_UNKNOWN`.
 * @example
 * const learner = learnBoosts();
 * for (let i = 0; i < 20; i++) learner.add({ query: '板橋', id: 'tw-banqiao' });
 * learner.boosts();
 * // => [{ id: 'tw-banqiao', boost: 0.16, clicks: 20 }]
 */
export function learnBoosts(options: LearnOptions = {}): Learner {
  const { minClicks } = settle(LEARN_SPEC, options);
  const byQuery = new Map<string, Map<string, number>>();
  const seen = new Set<string>();
  return {
    add(click) {
      const { query, id, session } = readClick(click);
      const key = fold(query);
      if (session !== undefined) {
        const choice = JSON.stringify([session, key, id]);
        if (seen.has(choice)) return;
        seen.add(choice);
      }
      const chosen = byQuery.get(key) ?? new Map<string, number>();
      byQuery.set(key, chosen.set(id, (chosen.get(id) ?? 0) + 1));
    },
    boosts() {
      const places = new Map<string, { clicks: number; sure: number }>();
      for (const chosen of byQuery.values()) {
        const all = [...chosen.values()].reduce((sum, n) => sum + n, 0);
        for (const [id, n] of chosen) {
          const { clicks, sure } = places.get(id) ?? { clicks: 0, sure: 0 };
          places.set(id, { clicks: clicks + n, sure: sure + (n * n) / (all + DOUBT) });
        }
      }
      const most = greatestOf(Array.from(places.values(), ({ clicks }) => clicks));
      return Array.from(places, ([id, { clicks, sure }]): Boost => {
        const often = Math.log1p(clicks) / Math.log1p(most);
        return { id, boost: round(LEARNED_MOST * often * (sure / clicks)), clicks };
      })
        .filter(({ clicks, boost }) => clicks >= minClicks && boost > 0)
        .sort((a, b) => b.boost - a.boost || (a.id < b.id ? -1 : 1));
    },
  };
}

/** Checks a choice: `{"query", "id"}`, with `session` or without; other fields are ignored. */
function readClick(raw: unknown): Click {
  const given = objectOf(
    raw,
    'CLICK_INVALID',
    'Give {"query", "id"} of a choice, and its "session".',
  );
  const [query, id, session] = ['query', 'id', 'session'].map((name) => ownField(given, name));
  const shown = Number.isSafeInteger(id) ? String(id) : id;
  for (const [field, value] of [
    ['query', query],
    ['id', shown],
    ...(session === undefined || session === null ? [] : [['session', session] as const]),
  ] as const) {
    if (typeof value === 'string' && value.trim() !== '') continue;
    throw fault('CLICK_INVALID', field, value, 'Give text that is not empty.');
  }
  return {
    query: query as string,
    id: shown as string,
    ...(typeof session === 'string' && { session }),
  };
}

/**
 * Checks a boost: `{"id", "boost"}`.
 *
 * @throws {RecordError} `BOOST_INVALID`, naming the field.
 */
export function readBoost(raw: unknown): Pick<Boost, 'id' | 'boost'> {
  const given = objectOf(
    raw,
    'BOOST_INVALID',
    'Give {"id", "boost"}, as `suoyin learn` writes them.',
  );
  const [id, boost] = ['id', 'boost'].map((name) => ownField(given, name));
  if (typeof id !== 'string' || id === '') {
    throw fault('BOOST_INVALID', 'id', id, 'Give the id of a place.');
  }
  if (typeof boost !== 'number' || !(boost >= 0 && boost <= LEARNED_MOST)) {
    throw fault('BOOST_INVALID', 'boost', boost, `Give a number from 0 to ${LEARNED_MOST}.`);
  }
  return { id, boost };
}

function objectOf(raw: unknown, code: string, hint: string): Record<string, unknown> {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) {
    return raw as Record<string, unknown>;
  }
  throw fault(code, null, raw, hint);
}

function ownField(given: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

function fault(code: string, field: string | null, value: unknown, hint: string): RecordError {
  const what = `${field ?? 'The line'} ${quoteValue(value)} can't be used`;
  return new RecordError(code, what, hint, { field, value });
}
