import type { NoteAddResult } from '../rebuild/take-in.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openNotes } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { note, print, printJson } from './io.ts';
import { SHARD_OPTIONS } from './mapping-options.ts';
import { JSON_OPTION, QUIET_OPTION } from './options.ts';
import { progressView } from './progress.ts';

interface Flags {
  prune?: true;
  quiet?: true;
  json?: true;
}

/** `suoyin notes add`: takes in what files say; the same again changes nothing. */
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
  options: [
    ...ENGINE_OPTIONS,
    ...SHARD_OPTIONS,
    {
      flags: '--prune',
      description: 'remove notes whose files were below these folders and are no more',
    },
    QUIET_OPTION,
    JSON_OPTION,
  ],
  examples: ['suoyin notes add notes/', 'suoyin notes add notes/ articles.jsonl.gz --prune'],
  async run({ args, options }, io) {
    const { prune, quiet, json } = options as unknown as Flags;
    const signal = io.onInterrupt();
    const view = progressView(io, { quiet: quiet ?? false });
    const { index, close } = await openNotes(options, io);
    try {
      const result = await index.add(args[0] as string[], {
        prune: prune ?? false,
        signal,
        onProgress: ({ added, changed, unchanged, failed, seconds }) => {
          const done = added + changed + unchanged + failed;
          const ratePerSecond = seconds > 0 ? done / seconds : 0;
          const unknown = { total: null, fraction: null, etaSeconds: null };
          view.show({ stage: 'notes', done, ratePerSecond, failed, ...unknown });
        },
      });
      view.stop();
      for (const warning of result.warnings) note(io, `suoyin: ${warning}`);
      if (json) await printJson(io, result);
      else await print(io, summaryOf(result));
      return result.failed > 0 ? EXIT.tooManyFailed : EXIT.done;
    } catch (error) {
      view.stop();
      if (!signal.aborted) throw error;
      note(io, 'suoyin: interrupted; the same command goes on');
      return EXIT.interrupted;
    } finally {
      await close();
    }
  },
};

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
