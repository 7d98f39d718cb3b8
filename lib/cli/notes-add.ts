import { NOTE_ADD_SPEC, type NoteAddResult } from '../rebuild/take-in.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openNotes } from './engine-options.ts';
import { longRun } from './long-run.ts';
import { SHARDS } from './mapping-options.ts';
import { JSON_OPTION, QUIET_OPTION } from './options.ts';
import type { Progress } from './progress.ts';

const PRUNE = flagsOf(NOTE_ADD_SPEC, ['prune']);

/** `suoyin notes add`: indexes the notes in files; the same notes again change nothing. */
export const notesAddCommand: CommandSpec = {
  name: 'add',
  summary: 'take in Markdown, plain text and JSON lines; what has not changed is left as it is',
  args: [
    {
      name: '<sources...>',
      description:
        'folders with all below them, .md and .txt files, .jsonl files with records { id, title, body, tags, time }',
    },
  ],
  options: [...ENGINE_OPTIONS, ...SHARDS.options, ...PRUNE.options, QUIET_OPTION, JSON_OPTION],
  examples: ['suoyin notes add notes/', 'suoyin notes add notes/ articles.jsonl.gz --prune'],
  run: ({ args, options }, io) =>
    longRun(options, io, {
      async work(signal, onProgress) {
        const { index, close } = await openNotes(options, io);
        try {
          return await index.add(args[0] as string[], {
            ...PRUNE.read(options),
            signal,
            onProgress: (soFar) => {
              onProgress(progressOf(soFar));
            },
          });
        } finally {
          await close();
        }
      },
      warnings: ({ warnings }) => warnings,
      summary: summaryOf,
      hasFailed: ({ failed }) => failed > 0,
      interrupted: 'the same command resumes',
    }),
};

/** Progress so far; the total is known only at the end. */
function progressOf({ added, changed, unchanged, failed, seconds }: NoteAddResult): Progress {
  const done = added + changed + unchanged + failed;
  const ratePerSecond = seconds > 0 ? done / seconds : 0;
  const unknown = { total: null, fraction: null, etaSeconds: null };
  return { stage: 'notes', done, ratePerSecond, failed, ...unknown };
}

function summaryOf(result: NoteAddResult): string[] {
  const { added, changed, unchanged, removed, failed, faults, skipped, seconds } = result;
  const counts = `${added} added, ${changed} changed, ${unchanged} unchanged, ${removed} removed, ${failed} failed`;
  const lines = [`${counts} in ${seconds.toFixed(1)} s`];
  for (const [kind, count] of Object.entries(skipped)) {
    lines.push(`${count} files of another kind (${kind}) were passed over`);
  }
  for (const [field, count] of Object.entries(result.unknownFields)) {
    lines.push(`${count} records have a field that is not used: ${field}`);
  }
  for (const { message, code, source } of faults) {
    lines.push(`${message.includes(source) ? '' : `${source}: `}${message} [${code}]`);
  }
  if (failed > faults.length) lines.push(`and ${failed - faults.length} more`);
  return lines;
}
