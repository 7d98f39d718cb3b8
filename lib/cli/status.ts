import { embedded } from '../engines/embedded/index.ts';
import { type IndexStatus, PlaceIndex } from '../place-index.ts';
import type { CommandSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { ALIAS_OPTION, DATA_OPTION, JSON_OPTION } from './options.ts';

/** `suoyin status`: what is live, what is kept, who rebuilds. */
export const statusCommand: CommandSpec = {
  name: 'status',
  summary: 'show the generations of an index, which one is live, and the state of the engine',
  options: [DATA_OPTION, ALIAS_OPTION, JSON_OPTION],
  examples: ['suoyin status', 'suoyin status --data /var/lib/suoyin --json'],
  async run({ options }, io) {
    const { data, alias, json } = options as { data: string; alias: string; json?: true };
    const engine = embedded({ dataDir: data, readOnly: true });
    const index = new PlaceIndex(engine, { alias, dataDir: data });
    try {
      const status = await index.status();
      if (json) await printJson(io, status);
      else await print(io, statusText(status));
      return status.health.status === 'down' ? EXIT.failed : EXIT.done;
    } finally {
      await index.close();
    }
  },
};

function statusText({
  alias,
  live,
  previous,
  generations,
  rebuilding,
  health,
}: IndexStatus): string {
  const lines = [
    `engine  ${health.engine} ${health.version}, ${health.status}`,
    `${alias}  ${live ?? 'not built yet: suoyin index-rebuild places --source FILE'}`,
  ];
  for (const { name, state, documents, createdAt } of generations) {
    const role = name === live ? 'live' : name === previous ? 'previous' : state;
    lines.push(`  ${name}  ${role.padEnd(8)}  ${documents} places  ${createdAt}`);
  }
  if (rebuilding) {
    const { pid, host, since } = rebuilding;
    lines.push(`being rebuilt by process ${pid} on ${host} since ${since}`);
  }
  return lines.join('\n');
}
