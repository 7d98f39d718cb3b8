// A rebuild of places on the embedded engine that copies what is unchanged, beside one that makes every place anew.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { embedded } from '../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { openSource } from '../lib/source/source.ts';

const HELP = `npm run bench -- rebuild --places FILE [--boundaries FILE] [--changed SHARE]
  --places FILE      records, as JSON lines
  --boundaries FILE  outlines, as GeoJSON
  --changed SHARE    of the records that get one more alias, evenly spread; default 0.01`;

/** Prints seconds of CPU (all threads) of both, their ratio, and whether the documents are the same. */
export async function benchRebuild(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      places: { type: 'string' },
      boundaries: { type: 'string' },
      changed: { type: 'string', default: '0.01' },
      help: { type: 'boolean', default: false },
    },
  });
  const share = Number(values.changed);
  if (values.help || values.places === undefined || !(share >= 0 && share <= 1)) {
    console.log(HELP);
    return;
  }
  const { boundaries } = values;
  const geography = boundaries === undefined ? {} : { boundaries };
  const before: object[] = [];
  for await (const { value } of (await openSource(values.places)).lines()) {
    before.push(value as object);
  }
  const step = share === 0 ? Infinity : Math.round(1 / share);
  const after = before.map((record, i) => (i % step === 0 ? withAlias(record) : record));
  const dataDir = mkdtempSync(join(tmpdir(), 'suoyin-rebuild-'));
  const engine = embedded({ dataDir });
  const index = new PlaceIndex(engine, { dataDir });
  try {
    const run = async (
      records: readonly object[],
      full: boolean,
    ): Promise<{ cpu: number; seconds: number; copied: number; generation: string }> => {
      const began = process.cpuUsage();
      const { seconds, copied, generation } = await index.rebuild(records, { ...geography, full });
      const { user, system } = process.cpuUsage(began);
      return { cpu: (user + system) / 1e6, seconds, copied, generation: generation! };
    };
    const first = await run(before, true);
    const copying = await run(after, false);
    const full = await run(after, true);
    let [equal, all] = [0, 0];
    const others = engine.scan(full.generation)[Symbol.asyncIterator]();
    for await (const document of engine.scan(copying.generation)) {
      all += 1;
      if (isDeepStrictEqual(document, (await others.next()).value)) equal += 1;
    }
    console.log('| rebuild | CPU s | s | copied |\n| --- | --- | --- | --- |');
    for (const [name, { cpu, seconds, copied }] of Object.entries({ first, copying, full })) {
      console.log(`| ${name} | ${cpu.toFixed(1)} | ${seconds.toFixed(1)} | ${copied} |`);
    }
    const ratio = full.cpu / copying.cpu;
    console.log(
      `full / copying: ${ratio.toFixed(2)} of CPU; ${equal} of ${all} documents are equal`,
    );
  } finally {
    await index.close();
    rmSync(dataDir, { recursive: true });
  }
}

function withAlias(record: object): object {
  const { aliases = [] } = record as { aliases?: string[] };
  return { ...record, aliases: [...aliases, '另名'] };
}
