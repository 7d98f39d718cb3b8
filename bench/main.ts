// Benchmarks by name: npm run bench -- suggest
const RUNS: Record<string, (args: string[]) => Promise<void>> = {
  suggest: async (args) => (await import('./suggest.ts')).benchSuggest(args),
  reading: async (args) => (await import('./reading.ts')).benchReading(args),
  answers: async (args) => (await import('./answers.ts')).benchAnswers(args),
  nearest: async (args) => (await import('./nearest.ts')).benchNearest(args),
  engines: async (args) => (await import('./engines.ts')).benchEngines(args),
  hamming: async (args) => (await import('./hamming.ts')).benchHamming(args),
  ingest: async (args) => (await import('./ingest.ts')).benchIngest(args),
  load: async (args) => (await import('./load.ts')).benchLoad(args),
  bulk: async (args) => (await import('./bulk.ts')).benchBulk(args),
  dearest: async (args) => (await import('./dearest.ts')).benchDearest(args),
  turns: async (args) => (await import('./turns.ts')).benchTurns(args),
  detect: async (args) => (await import('./detect.ts')).benchDetect(args),
  size: async (args) => (await import('./size.ts')).benchSize(args),
  notes: async (args) => (await import('./notes.ts')).benchNotes(args),
  rebuild: async (args) => (await import('./rebuild.ts')).benchRebuild(args),
  sources: async (args) => (await import('./sources.ts')).benchSources(args),
};

const [name = '', ...args] = process.argv.slice(2);
const run = Object.hasOwn(RUNS, name) ? RUNS[name] : undefined;
if (name === 'contender') (await import('./contender.ts')).serveContender();
else if (name === 'source-reader') await (await import('./sources.ts')).readSource(args[0]!);
else if (name === 'dearest-server') (await import('./dearest-server.ts')).serveDearest();
else if (name === 'load-server') (await import('./load-server.ts')).serveLoad();
else if (!run) {
  console.error(`npm run bench -- ${Object.keys(RUNS).join('|')} [--help]`);
  process.exitCode = 2;
} else {
  try {
    await run(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
