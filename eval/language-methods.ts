// Methods to detect the language of a name: suoyin's, and those of other packages if they are
// installed.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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

/** What a method of a Python package says of names. */
export interface PythonRun {
  title: string;
  guesses: Guess[];
  microseconds: number;
}

/**
 * The same names by packages of Python, in one process for all.
 *
 * @param folder - Where `pip install --target` put them; default: what Python finds by itself.
 */
export function pythonRuns(
  names: readonly string[],
  folder: string | undefined,
): { runs: PythonRun[]; missing: string[] } {
  const script = fileURLToPath(new URL('language_rivals.py', import.meta.url));
  const env = { ...process.env, ...(folder === undefined ? {} : { PYTHONPATH: resolve(folder) }) };
  const { stdout, status } = spawnSync('python3', [script], {
    input: JSON.stringify(names),
    encoding: 'utf8',
    env,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (status !== 0) return { runs: [], missing: ['packages of Python'] };
  const runs: PythonRun[] = [];
  const missing: string[] = [];
  for (const line of stdout.split('\n').filter((text) => text.startsWith('{'))) {
    const { title, languages, microseconds } = JSON.parse(line) as {
      title: string;
      languages?: string[];
      microseconds: number;
    };
    if (!languages) missing.push(title);
    else {
      const guesses = languages.map((code) => guess(code.slice(0, 2), { zh: 'zh', ja: 'ja' }));
      runs.push({ title, guesses, microseconds });
    }
  }
  return { runs, missing };
}
