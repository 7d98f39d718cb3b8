import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { embedded } from '../lib/engines/embedded/index.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { type BuildInput, type Contender, LIMIT } from './competitor.ts';

/**
 * suoyin on its embedded engine, used through the public API; opens the index if an earlier process
 * built it.
 */
export async function suoyin(input: BuildInput): Promise<Contender> {
  let inEngine = 0;
  const engine = timed(embedded({ dataDir: input.dataDir }), (ms) => {
    inEngine += ms;
  });
  const index = new PlaceIndex(engine, { alias: 'bench' });
  const noteFile = join(input.dataDir, 'built-in.json');
  let builtIn: number | undefined;
  if ((await engine.aliases()).some(({ alias }) => alias === index.alias)) {
    builtIn = JSON.parse(readFileSync(noteFile, 'utf8')) as number;
  } else {
    const started = performance.now();
    const { boundaries } = input;
    await index.rebuild(input.recordsFile, boundaries === null ? {} : { boundaries });
    writeFileSync(noteFile, JSON.stringify((performance.now() - started) / 1000));
  }
  const health = await engine.health();
  return {
    ways: {
      suoyin: async (text, language) => {
        const suggestions = await index.suggest(text, { language, limit: LIMIT });
        return suggestions.map(({ id }) => id);
      },
    },
    version: `${health.engine} ${health.version}`,
    outside: { bytes: statSync(join(input.dataDir, 'suoyin.db')).size, what: 'index file' },
    ...(builtIn === undefined ? {} : { builtIn }),
    engineMs: () => {
      const spent = inEngine;
      inEngine = 0;
      return spent;
    },
    close: () => index.close(),
  };
}

/** Wraps an engine to report the time of every `findByKeys`. */
function timed(engine: Engine, tell: (ms: number) => void): Engine {
  return {
    ...engine,
    findByKeys: async (...args) => {
      const started = performance.now();
      const hits = await engine.findByKeys(...args);
      tell(performance.now() - started);
      return hits;
    },
  };
}
