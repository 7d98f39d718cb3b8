import { MissingDependencyError } from '../errors.ts';

/** The part of to-jyutping that is used. */
interface ToJyutping {
  getJyutpingList: (text: string) => [character: string, jyutping: string | null][];
}

/** The Jyutping of a text, one syllable with its tone per character; null if it is not all Han or not known. */
export type JyutpingOf = (text: string) => string | null;

const TO_JYUTPING: string = 'to-jyutping';
const HAN = /^\p{Script=Han}+$/u;

let loaded: Promise<JyutpingOf> | undefined;

async function load(): Promise<JyutpingOf> {
  try {
    // Not a literal, so that bundlers leave the import to run time.
    const { getJyutpingList } = (await import(
      /* webpackIgnore: true */ /* @vite-ignore */ TO_JYUTPING
    )) as ToJyutping;
    return (text) => {
      if (!HAN.test(text)) return null;
      const syllables = getJyutpingList(text).map(([, jyutping]) => jyutping);
      return syllables.includes(null) ? null : syllables.join(' ');
    };
  } catch (cause) {
    loaded = undefined;
    throw new MissingDependencyError(
      'MISSING_DEPENDENCY',
      'The Cantonese dictionary could not be loaded: to-jyutping is missing or damaged',
      'Run: npm install to-jyutping',
      { cause },
    );
  }
}

/**
 * Loads the Cantonese dictionary, once per process. Takes about 1 s and 60 MB.
 *
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` if to-jyutping can't be loaded.
 */
export function loadCantonese(): Promise<JyutpingOf> {
  return (loaded ??= load());
}
