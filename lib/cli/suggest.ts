import { DOUBLE_PINYIN_LAYOUTS } from '../analyzers/double-pinyin.ts';
import { placeQuery } from '../autocomplete/suggest/query.ts';
import { OptionError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { printJson, printShown } from './io.ts';
import { JSON_OPTION } from './options.ts';
import { answerLines, QUERY_OPTIONS, type QueryFlags, queryOptions } from './query-lines.ts';
import { suggestionTable } from './suggestion-table.ts';

/** `suoyin suggest`: places for what was typed, one query or a file of them. */
export const suggestCommand: CommandSpec = {
  name: 'suggest',
  summary: 'find places by what is typed of a name',
  args: [{ name: '[query]', description: 'what is typed; left out with --queries' }],
  options: [
    ...QUERY_OPTIONS,
    {
      flags: '--double-pinyin <layout>',
      description: `layout that is typed: ${DOUBLE_PINYIN_LAYOUTS.join(', ')}`,
    },
    {
      flags: '--namesakes <kind>',
      description: 'first of a city and the region of its name: city (default) or region',
    },
    {
      flags: '--queries <file>',
      description: 'JSON lines {"query","language","near"}; a JSON array a line comes out',
    },
    ...ENGINE_OPTIONS,
    { flags: '--explain', description: 'say how each score came about; implies --json' },
    JSON_OPTION,
  ],
  examples: [
    'suoyin suggest 板橋 --language zh-Hant --near 25.01,121.46',
    'suoyin suggest banq --json --limit 3',
    'suoyin suggest --queries typed.jsonl > answers.jsonl',
  ],
  async run({ args, options }, io) {
    const flags = options as QueryFlags;
    const [query] = args as [string | undefined];
    if ((query === undefined) === (flags.queries === undefined)) {
      const what = query === undefined ? 'No query was given' : 'A query and --queries were given';
      throw new OptionError('QUERY_MISSING', what, 'Give one of the two: suoyin suggest 板橋');
    }
    // Wrong flags are misuse once, and not the fault of every line.
    placeQuery('', queryOptions(flags));
    const { index, close } = await openIndex(options, io, { readOnly: true });
    try {
      if (flags.queries !== undefined) {
        return await answerLines(flags.queries, io, {
          answer: (text, own) => index.suggest(text, { ...queryOptions(flags), ...own }),
          empty: [],
        });
      }
      const suggestions = await index.suggest(query!, queryOptions(flags));
      if (flags.json || flags.explain) await printJson(io, suggestions);
      else await printShown(io, suggestionTable(suggestions, { bold: io.color }));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};
