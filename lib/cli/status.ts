import type { IndexStatus } from '../alias-index.ts';
import { holderText } from '../rebuild/lease.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openNamed } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { INDEX_ARGUMENT, JSON_OPTION } from './options.ts';

/** `suoyin status`: what is live, what is kept, who rebuilds. */
export const statusCommand: CommandSpec = {
  name: 'status',
  summary: 'show the generations of an index, which one is live, and the state of the engine',
  args: [INDEX_ARGUMENT],
  options: [...ENGINE_OPTIONS, JSON_OPTION],
  examples: ['suoyin status', 'suoyin status --data /var/lib/suoyin --json'],
  async run(input, io) {
    const { options } = input;
    const { json } = options as { json?: true };
    const { index, close } = await openNamed(input, io, { readOnly: true });
    try {
      const status = await index.status();
      if (json) await printJson(io, status);
      else await print(io, statusText(status));
      return status.health.status === 'down' ? EXIT.failed : EXIT.done;
    } finally {
      await close();
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
    `${alias}  ${live ?? 'not built yet'}`,
  ];
  for (const { name, state, documents, createdAt } of generations) {
    const role = name === live ? 'live' : name === previous ? 'previous' : state;
    lines.push(`  ${name}  ${role.padEnd(8)}  ${documents} documents  ${createdAt}`);
  }
  if (rebuilding) lines.push(`being rebuilt by ${holderText(rebuilding)}`);
  return lines.join('\n');
}
