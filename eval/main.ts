// npm run eval -- suggest|readme|search|reading|addresses|parents|language|language-lists|images|vectors|notes FILE...
const RUNS: Record<string, (args: string[]) => Promise<void>> = {
  suggest: async (args) => (await import('./suggest.ts')).evalSuggest(args),
  readme: async (args) => (await import('./readme.ts')).evalReadme(args),
  search: async (args) => (await import('./search.ts')).evalSearch(args),
  reading: async (args) => (await import('./reading.ts')).evalReading(args),
  addresses: async (args) => (await import('./addresses.ts')).evalAddresses(args),
  parents: async (args) => (await import('./parents.ts')).evalParents(args),
  language: async (args) => (await import('./language.ts')).evalLanguage(args),
  'language-lists': async (args) => (await import('./language-lists.ts')).languageLists(args),
  notes: async (args) => (await import('./notes.ts')).evalNotes(args),
  vectors: async (args) => (await import('./vectors.ts')).evalVectors(args),
  images: async (args) => (await import('./images.ts')).evalImages(args),
};

const [what = '', ...args] = process.argv.slice(2);
const run = Object.hasOwn(RUNS, what) ? RUNS[what] : undefined;
if (!run) {
  console.error(`Usage: npm run eval -- ${Object.keys(RUNS).join('|')} FILE...`);
  process.exitCode = 2;
} else {
  try {
    await run(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
