import { leaseHolderText } from '../alias/lease.ts';
import type { RebuildPlan } from '../alias/plan.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openNamed } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { GRAPH, SHARDS } from './mapping-options.ts';
import { SEMANTIC } from './model-options.ts';
import { INDEX_ARGUMENT, JSON_OPTION } from './options.ts';

/** `suoyin index-rebuild plan places`: shows what a rebuild would change, and why. */
export const rebuildPlanCommand: CommandSpec = {
  name: 'plan',
  summary: 'say what has to be done to an index and why, and change nothing; exit 3: something',
  args: [INDEX_ARGUMENT],
  options: [
    ...ENGINE_OPTIONS,
    ...SHARDS.options,
    ...GRAPH.options,
    ...SEMANTIC.options,
    JSON_OPTION,
  ],
  examples: [
    'suoyin index-rebuild plan places',
    'suoyin index-rebuild plan places --engine opensearch --node https://host:9200 --shards 4',
  ],
  async run(input, io) {
    const { options } = input;
    const { index, close } = await openNamed(input, io);
    try {
      const plan = await index.plan();
      if (options['json']) await printJson(io, plan);
      else await print(io, planText(plan));
      return plan.action === 'none' ? EXIT.done : EXIT.planChanges;
    } finally {
      await close();
    }
  },
};

const ACTIONS: Readonly<Record<RebuildPlan['action'], string>> = {
  create: 'not built yet: run index-rebuild with its source',
  none: 'nothing to do',
  update: 'a call on the live index will do',
  rebuild: 'run index-rebuild: documents have to be made anew',
};

function planText({
  alias,
  live,
  server,
  notices,
  action,
  changes,
  resumable,
  rebuilding,
  writes,
}: RebuildPlan): string[] {
  const lines = [`${alias}${live === null ? '' : ` at ${live}`}: ${ACTIONS[action]}`];
  if (server !== null) lines.push(`on ${server}`);
  for (const notice of notices) lines.push(`note: ${notice}`);
  for (const { path, needs, reason } of changes) lines.push(`  ${needs}  ${path}  ${reason}`);
  if (resumable) {
    const { generation, through, complete } = resumable;
    const how = complete ? 'is complete and waits for its swap' : `has ${through} records in`;
    lines.push(`${generation} was cut off and ${how}; the same rebuild resumes it`);
  }
  if (rebuilding) lines.push(`being rebuilt by ${leaseHolderText(rebuilding)}`);
  lines.push(`writes: ${writes}`);
  return lines;
}
