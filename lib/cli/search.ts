import { textQuery, type TextQueryOptions } from '../autocomplete/text/query.ts';
import { OptionError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { printJson, printShown } from './io.ts';
import { JSON_OPTION, numberFor } from './options.ts';
import { answerLines, QUERY_OPTIONS, type QueryFlags, queryOptions } from './query-lines.ts';
import { suggestionTable } from './suggestion-table.ts';

type Flags = QueryFlags & { from?: number };

/** `suoyin search`: places for a whole text, one or a file of them. */
export const searchCommand: CommandSpec = {
  name: 'search',
  summary: 'find places by a text of names, categories and containing places',
  args: [{ name: '[text]', description: 'what to look for; left out with --queries' }],
  options: [
    ...QUERY_OPTIONS,
    {
      flags: '--from <n>',
      description: 'places to pass over (default: 0)',
      parse: numberFor('--from'),
    },
    {
      flags: '--queries <file>',
      description: 'JSON lines {"query","language","near"}; a JSON object a line comes out',
    },
    ...ENGINE_OPTIONS,
    { flags: '--explain', description: 'say how each score came about; implies --json' },
    JSON_OPTION,
  ],
  examples: [
    "suoyin search '清水寺 京都' --language ja",
    "suoyin search '台南 古蹟' --limit 20 --from 20 --json",
    'suoyin search --queries texts.jsonl > answers.jsonl',
  ],
  async run({ args, options }, io) {
    const flags = options as Flags;
    const [text] = args as [string | undefined];
    if ((text === undefined) === (flags.queries === undefined)) {
      const what = text === undefined ? 'No text was given' : 'A text and --queries were given';
      throw new OptionError(
        'QUERY_MISSING',
        what,
        "Give one of the two: suoyin search '清水寺 京都'",
      );
    }
    // Wrong flags are misuse once, and not the fault of every line.
    textQuery('', textOptions(flags));
    const { index, close } = await openIndex(options, io, { readOnly: true });
    try {
      if (flags.queries !== undefined) {
        return await answerLines(flags.queries, io, {
          answer: (query, own) => index.search(query, { ...textOptions(flags), ...own }),
          empty: { total: 0, more: false, hits: [] },
        });
      }
      const answer = await index.search(text!, textOptions(flags));
      if (flags.json || flags.explain) await printJson(io, answer);
      else await printShown(io, answerTable(answer.hits, io.color, answer));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};

function textOptions(flags: Flags): TextQueryOptions {
  return { ...queryOptions(flags), ...(flags.from !== undefined && { from: flags.from }) };
}

function answerTable(
  hits: Parameters<typeof suggestionTable>[0],
  bold: boolean,
  { total, more }: { total: number; more: boolean },
): string {
  const rows = suggestionTable(hits, { bold });
  return hits.length < total
    ? `${rows}${hits.length} of ${total}${more ? ' or more' : ''}\n`
    : rows;
}
