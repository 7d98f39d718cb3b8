import { setImmediate } from 'node:timers/promises';
import { checkAlias } from '../alias.ts';
import type { Generations } from '../engine.ts';
import { featureNamed, featureNameOf } from '../feature.ts';
import { indexInUse } from '../refusals.ts';
import { aliasesIn } from './aliases.ts';
import {
  addEntry,
  beginFinishing,
  endFinishing,
  entries,
  entryNamed,
  generationOf,
  indexBodyOf,
} from './catalogue.ts';
import type { EmbeddedFeature } from './feature.ts';
import type { Database } from './sqlite.ts';
import type { Store } from './store.ts';
import { seal } from './sums.ts';

/** Generations as tables of the file. */
export function generationsIn(store: Store, features: readonly EmbeddedFeature[]): Generations {
  return {
    ...aliasesIn(store),

    async createGeneration(alias, indexBody, meta = {}) {
      checkAlias(alias);
      const { tables } = featureNamed(features, featureNameOf(indexBody));
      return store.writing((database) => {
        const entry = addEntry(database, alias, { indexBody, meta });
        tables.create(database, entry.number, indexBody);
        return generationOf(entry);
      });
    },

    // Nothing to fence: SQLite has one writer, and a new run drops unfinished generations that it
    // can't resume.
    takeOverGeneration: (generation) =>
      store.reading((database) => void entryNamed(database, generation)),

    async finishGeneration(generation, meta = {}) {
      const entry = await store.reading((database) => entryNamed(database, generation));
      if (entry.state === 'building') {
        const feature = featureNamed(features, entry.feature);
        for (const [i, step] of feature.tables.buildSteps(entry.number).entries()) {
          await store.writing((database) => {
            if (i === 0) beginFinishing(database, entry.number);
            step(database);
          });
          await setImmediate();
        }
        await feature.complete?.(entry);
      }
      const finished = await store.writing((database) => markFinished(database, generation, meta));
      await featureNamed(features, entry.feature).finished?.(generation);
      return finished;
    },

    async dropGeneration(generation) {
      const { feature } = await store.reading((database) => entryNamed(database, generation));
      const { tables, keepOnly } = featureNamed(features, feature);
      const left = await store.writing((database) => {
        const number = removeEntry(database, generation);
        tables.drop(database, number);
        endFinishing(database, number);
        return entries(database).map(({ name }) => name);
      });
      keepOnly?.(new Set(left));
    },

    generations: (alias) => store.reading((database) => entries(database, alias).map(generationOf)),

    indexBodyOf: (generation) =>
      store.reading((database) => indexBodyOf(database, entryNamed(database, generation).number)),
  };
}

function markFinished(
  database: Database,
  generation: string,
  meta: Record<string, unknown>,
): ReturnType<typeof generationOf> {
  const entry = entryNamed(database, generation);
  database
    .sql(
      `update generation set meta = ?,
        state = case state when 'building' then 'ready' else state end where number = ?`,
    )
    .run(JSON.stringify({ ...entry.meta, ...meta }), entry.number);
  endFinishing(database, entry.number);
  seal(database, 'generation', entry.number);
  return generationOf(entryNamed(database, generation));
}

/** @returns The number of the generation, whose tables still have to be dropped. */
function removeEntry(database: Database, generation: string): number {
  const { number, name, alias } = entryNamed(database, generation);
  const used = database.sql('select alias from alias where live = ?').row(number);
  if (used) throw indexInUse(generation, String(used[0]));
  for (const [name] of database.sql('select alias from alias where previous = ?').rows(number)) {
    database.sql('update alias set previous = null where alias = ?').run(name!);
    seal(database, 'alias', name!);
  }
  database.sql('delete from generation where number = ?').run(number);
  database
    .sql('delete from state where alias = ?1 and substr(key, 1, length(?2)) = ?2')
    .run(alias, `${name}/`);
  return number;
}
