// Ways to tell the language of a name: suoyin's and those of other packages, where they are installed.
import { loadDetector } from '../lib/analyzers/detect.ts';

export interface Guess {
  language: string;
  /** Chance of being right; null where the package says nothing of the kind. */
  confidence: number | null;
  /** To be indexed as both languages. */
  ambiguous: boolean;
}

export interface Method {
  title: string;
  detect: (name: string) => Guess;
}

const guess = (code: unknown, codes: { zh: string; ja: string }): Guess => ({
  language: code === codes.zh ? 'zh' : code === codes.ja ? 'ja' : 'other',
  confidence: null,
  ambiguous: false,
});

/** A package by its name, null where it isn't installed; the compiler is not to look for it. */
async function optional(specifier: string): Promise<Record<string, unknown> | null> {
  try {
    return (await import(specifier)) as Record<string, unknown>;
  } catch {
    return null;
  }
}

const RIVALS: Record<string, (module: Record<string, unknown>) => Method['detect']> = {
  franc: (module) => {
    const franc = module['franc'] as (text: string, options: { minLength: number }) => string;
    return (name) => guess(franc(name, { minLength: 1 }), { zh: 'cmn', ja: 'jpn' });
  },
  'tinyld/heavy': (module) => {
    const detect = module['detect'] as (text: string) => string;
    return (name) => guess(detect(name), { zh: 'zh', ja: 'ja' });
  },
  eld: (module) => {
    const eld = (module['eld'] ?? module['default']) as {
      detect: (text: string) => { language: string };
    };
    return (name) => guess(eld.detect(name).language, { zh: 'zh', ja: 'ja' });
  },
};

/** suoyin with and without its dictionaries, and every other package that is installed. */
export async function languageMethods(prefer: 'nodejieba' | '@node-rs/jieba'): Promise<{
  methods: Method[];
  missing: string[];
}> {
  const full = await loadDetector({ prefer });
  const fast = await loadDetector({ dictionaries: false });
  const methods: Method[] = [
    { title: 'suoyin', detect: (name) => full.detect(name) },
    { title: 'suoyin, no dictionaries', detect: (name) => fast.detect(name) },
    {
      title: 'kana is ja, else zh',
      detect: (name) => ({
        language: /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(name)
          ? 'ja'
          : /\p{Script=Han}/u.test(name)
            ? 'zh'
            : 'other',
        confidence: null,
        ambiguous: false,
      }),
    },
  ];
  const missing: string[] = [];
  for (const [title, detectOf] of Object.entries(RIVALS)) {
    const module = await optional(title);
    if (module) methods.push({ title, detect: detectOf(module) });
    else missing.push(title);
  }
  return { methods, missing };
}
