import type { WriteOutcome } from '../engines/engine.ts';
import { RecordError } from '../errors.ts';
import { readDeadLetters, retryDeadLetters } from '../rebuild/retry.ts';
import { type DeadLetter, generationsWithLetters, lettersPath } from '../source/dead-letters.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openIndex, type OpenedIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, print, printJson } from './io.ts';
import { SOURCE_OPTIONS, sourceOf } from './source-options.ts';
import { JSON_OPTION } from './options.ts';

interface Flags {
  file?: string;
  json?: true;
}

/** `suoyin index-rebuild dlq list|retry`: lists or retries records that were not indexed. */
export const dlqCommand: CommandSpec = {
  name: 'dlq',
  summary: 'list dead letters, or write their records again after they were mended',
  args: [{ name: '<action>', description: 'what to do', choices: ['list', 'retry'] }],
  options: [
    {
      flags: '--file <file>',
      description:
        'dead letters (default: those of the live generation; list: of a newer run too, which was not swapped in)',
    },
    ...SOURCE_OPTIONS,
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: [
    'suoyin index-rebuild dlq list',
    'suoyin index-rebuild dlq retry --source places.jsonl.gz',
  ],
  async run({ args, options }, io) {
    const { file, json } = options as Flags;
    const opened = await openIndex(options, io, { to: args[0] === 'list' ? 'read' : 'change' });
    try {
      if (args[0] === 'list') {
        const files = file === undefined ? await lettersOf(opened, io) : [{ path: file }];
        for (const letters of files) await list(letters, io, { json: json ?? false });
        return EXIT.done;
      }
      const source = sourceOf(options, io);
      const letters =
        file === undefined ? await lettersOfLive(opened) : await readDeadLetters(file);
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

/** A file of dead letters, and the generation that they belong to. */
interface Letters {
  path: string;
  generation?: string;
}

async function list(
  { path, generation }: Letters,
  io: Io,
  { json }: { json: boolean },
): Promise<void> {
  for (const letter of await readDeadLetters(path)) {
    const { file, line, message, code } = letter;
    if (json) await printJson(io, generation === undefined ? letter : { generation, ...letter });
    else await print(io, `${file} line ${line}: ${message} [${code}]`);
  }
}

/** Dead letters of the live generation, and of a newer run that was not swapped in; prints which they are. */
async function lettersOf(opened: OpenedIndex, io: Io): Promise<Letters[]> {
  const { engine, index, alias, data } = opened;
  const { live } = await index.status();
  const written = generationsWithLetters(data, engine, alias);
  const newest = written.at(-1);
  const files: Letters[] = [];
  for (const generation of new Set([live, newest])) {
    // Generations older than the live one no longer matter.
    if (!generation || (live !== null && generation < live)) continue;
    const path = lettersPath(data, engine, generation);
    const there = written.includes(generation);
    const role = generation === live ? 'live' : 'not live';
    note(io, `suoyin: ${generation} (${role}): ${there ? path : 'no dead letters'}`);
    if (there) files.push({ path, generation });
  }
  if (live === null && newest === undefined) note(io, `suoyin: no dead letters of ${alias}`);
  return files;
}

async function lettersOfLive(opened: OpenedIndex): Promise<DeadLetter[]> {
  const { engine, index, alias, data } = opened;
  const { live } = await index.status();
  if (live === null || !generationsWithLetters(data, engine, alias).includes(live)) return [];
  return readDeadLetters(lettersPath(data, engine, live));
}

function refused({ id, status, reason }: WriteOutcome): void {
  if (status < 300 || status === 409) return;
  const what = `The engine refused ${id} with ${status}: ${reason ?? 'no reason'}`;
  throw new RecordError('REFUSED', what, 'Mend the record.', { field: null, value: id });
}
