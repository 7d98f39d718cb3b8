import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WriteOutcome } from '../engines/engine.ts';
import { OptionError, RecordError } from '../errors.ts';
import { readDeadLetters, retryDeadLetters } from '../rebuild/retry.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openIndex, type OpenedIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { note, print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

interface Flags {
  file?: string;
  source?: string[];
  json?: true;
}

/** `suoyin index-rebuild dlq list|retry`: records that did not go in. */
export const dlqCommand: CommandSpec = {
  name: 'dlq',
  summary: 'list dead letters, or write their records again after they were mended',
  args: [{ name: '<action>', description: 'what to do', choices: ['list', 'retry'] }],
  options: [
    { flags: '--file <file>', description: 'dead letters (default: those of the live generation)' },
    {
      flags: '--source <file>',
      description: 'records as they are now, for retry; may come more than once',
      repeat: true,
    },
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: [
    'suoyin index-rebuild dlq list',
    'suoyin index-rebuild dlq retry --source places.jsonl.gz',
  ],
  async run({ args, options }, io) {
    const { file, source, json } = options as unknown as Flags;
    const opened = await openIndex(options, io, { readOnly: args[0] === 'list' });
    try {
      const path = file ?? (await lettersOfLive(opened));
      const letters = path === null ? [] : await readDeadLetters(path);
      if (args[0] === 'list') {
        for (const letter of letters) {
          if (json) await printJson(io, letter);
          else
            await print(
              io,
              `${letter.file} line ${letter.line}: ${letter.message} [${letter.code}]`,
            );
        }
        return EXIT.done;
      }
      if (!source) {
        const hint = 'Give the mended records with --source.';
        throw new OptionError('ENGINE_OPTION_INVALID', 'dlq retry has no source', hint);
      }
      const result = await retryDeadLetters(letters, source, async (record) => {
        refused((await opened.index.put([record]))[0]!);
      });
      if (json) await printJson(io, result);
      else {
        const { written, failed, notFound } = result;
        await print(io, `${written} written, ${failed.length} failed again, ${notFound} not found`);
        for (const { file: at, line, message } of failed)
          note(io, `  ${at} line ${line}: ${message}`);
      }
      return result.failed.length === 0 ? EXIT.done : EXIT.tooManyFailed;
    } finally {
      await opened.close();
    }
  },
};

async function lettersOfLive({ index, data }: OpenedIndex): Promise<string | null> {
  const { live } = await index.status();
  const path = live === null ? null : join(data, 'dead-letters', `${live}.jsonl`);
  return path !== null && existsSync(path) ? path : null;
}

function refused({ id, status, reason }: WriteOutcome): void {
  if (status < 300 || status === 409) return;
  const what = `The engine refused ${id} with ${status}: ${reason ?? 'no reason'}`;
  throw new RecordError('REFUSED', null, id, what, 'Mend the record.');
}
