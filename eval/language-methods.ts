// Methods to detect the language of a name: suoyin's, and those of other packages if they are
// installed.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadDetector } from '../lib/analyzers/detect.ts';

export interface Guess {
  language: string;
  /** Probability of being right; null if the package does not report one. */
  confidence: number | null;
  /** Whether the name would be indexed as both languages. */
  ambiguous: boolean;
}

export interface Method {
  title: string;
  detect: (name: string) => Guess | Promise<Guess>;
}

const guess = (code: unknown, codes: { zh: string; ja: string }): Guess => ({
  language: code === codes.zh ? 'zh' : code === codes.ja ? 'ja' : 'other',
  confidence: null,
  ambiguous: false,
});

type Module = Record<string, unknown>;

/** Loads a package from the project or from `directory`; null if it isn't installed. */
async function optional(specifier: string, directory: string | undefined): Promise<Module | null> {
  try {
    // A variable, so that the compiler does not look for it.
    return (await import(specifier)) as Module;
  } catch {
    if (directory === undefined) return null;
  }
  try {
    const from = createRequire(pathToFileURL(resolve(directory, 'package.json')));
    return (await import(pathToFileURL(from.resolve(specifier)).href)) as Module;
  } catch {
    return null;
  }
}

const RIVALS: Record<string, (module: Module) => Method['detect']> = {
  franc: (module) => {
    const franc = module['franc'] as (text: string, options: { minLength: number }) => string;
    return (name) => guess(franc(name, { minLength: 1 }), { zh: 'cmn', ja: 'jpn' });
  },
  'tinyld/heavy': (module) => {
    const detect = module['detect'] as (text: string) => string;
    return (name) => guess(detect(name), { zh: 'zh', ja: 'ja' });
  },
  'eld/large': (module) => {
    const eld = module['eld'] as { detect: (text: string) => { language: string } };
    return (name) => guess(eld.detect(name).language, { zh: 'zh', ja: 'ja' });
  },
  // CLD2; compiled at installation.
  cld: (module) => {
    const cld = module['default'] as {
      detect: (text: string) => Promise<{ languages: { code: string }[] }>;
    };
    return async (name) => {
      try {
        const [best] = (await cld.detect(name)).languages;
        return guess(best?.code.slice(0, 2), { zh: 'zh', ja: 'ja' });
      } catch {
        // It fails if it can't decide.
        return guess('und', { zh: 'zh', ja: 'ja' });
      }
    };
  },
};

/**
 * suoyin with and without its dictionaries, and every other package that is installed.
 *
 * @param options - packages: a directory whose node_modules is searched as well.
 */
export async function languageMethods(
  prefer: 'nodejieba' | '@node-rs/jieba',
  options: { packages?: string | undefined } = {},
): Promise<{ methods: Method[]; missing: string[] }> {
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
    const module = await optional(title, options.packages);
    if (module) methods.push({ title, detect: detectOf(module) });
    else missing.push(title);
  }
  return { methods, missing };
}
