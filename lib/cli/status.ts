import type { IndexStatus } from '../alias/alias-index.ts';
import { leaseHolderText } from '../alias/lease.ts';
import type { Engine } from '../engines/engine.ts';
import { EngineError } from '../errors.ts';
import { PlaceIndex } from '../place-index.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openNamed } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { INDEX_ARGUMENT, JSON_OPTION } from './options.ts';

/** `suoyin status`: shows what is live, what is kept, and who rebuilds; of every index if none is named. */
export const statusCommand: CommandSpec = {
  name: 'status',
  summary:
    'show the generations of every index or of one, which are live, and the state of the engine',
  args: [{ ...INDEX_ARGUMENT, description: 'which index (default: all there are)' }],
  options: [
    ...ENGINE_OPTIONS,
    { ...JSON_OPTION, description: 'print a JSON object for each index, one a line' },
  ],
  examples: [
    'suoyin status',
    'suoyin status images',
    'suoyin status --data /var/lib/suoyin --json',
  ],
  async run(input, io) {
    const { options, args } = input;
    const { json, alias } = options as { json?: true; alias?: string };
    const { engine, index, close } = await openNamed(input, io, { to: 'read' });
    try {
      const named = args[0] !== undefined || alias !== undefined;
      const all = named ? [] : await aliasesOf(engine);
      // Generations are reported alike, whatever the index holds.
      const indexes =
        all.length === 0 ? [index] : all.map((one) => new PlaceIndex(engine, { alias: one }));
      const { engine: kind, version, status: how } = await engine.health();
      if (!json) await print(io, `engine  ${kind} ${version}, ${how}`);
      for (const one of indexes) {
        const status = await one.status();
        if (json) await printJson(io, status);
        else await print(io, statusText(status));
      }
      return how === 'down' ? EXIT.failed : EXIT.done;
    } finally {
      await close();
    }
  },
};

/** Every alias of an engine, including those whose first generation is being built. */
async function aliasesOf(engine: Engine): Promise<string[]> {
  try {
    const names = (await engine.generations()).map(({ alias }) => alias);
    return [...new Set(names)].sort();
  } catch (error) {
    // A user who may see only some indexes of a cluster has to name one.
    if (error instanceof EngineError && error.code === 'UNAUTHORIZED') return [];
    throw error;
  }
}

function statusText({ alias, live, previous, generations, rebuilding }: IndexStatus): string[] {
  const lines = [`${alias}  ${live ?? 'not built yet'}`];
  for (const { name, state, documents, createdAt } of generations) {
    const role = name === live ? 'live' : name === previous ? 'previous' : state;
    lines.push(`  ${name}  ${role.padEnd(8)}  ${documents} documents  ${createdAt}`);
  }
  if (rebuilding) lines.push(`being rebuilt by ${leaseHolderText(rebuilding)}`);
  return lines;
}
