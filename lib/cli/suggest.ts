import { PLACE_QUERY_SPEC, placeQuery } from '../autocomplete/suggest/query.ts';
import { OptionError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { printJson, printShown } from './io.ts';
import { JSON_OPTION } from './options.ts';
import { notingPartial, PARTIAL } from './partial.ts';
import { answerLines, noteMissingTable, QUERY_NAMES, type QueryFlags } from './query-lines.ts';
import { suggestionTable } from './suggestion-table.ts';

const QUERY = flagsOf(PLACE_QUERY_SPEC, [...QUERY_NAMES, 'doublePinyin', 'namesakes']);

/** `suoyin suggest`: finds places for what was typed, one query or a file of them. */
export const suggestCommand: CommandSpec = {
  name: 'suggest',
  summary: 'find places by what is typed of a name',
  args: [{ name: '[query]', description: 'what is typed; left out with --queries' }],
  options: [
    ...QUERY.options,
    ...PARTIAL.options,
    {
      flags: '--queries <file>',
      description: 'JSON lines {"query","language","near"}; a JSON array a line comes out',
    },
    ...ENGINE_OPTIONS,
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
    // Wrong flags are reported once, and not as a fault of every line.
    const asked = QUERY.read(options);
    placeQuery('', asked);
    const how = { ...asked, ...PARTIAL.read(options) };
    const { index, close } = await openIndex(options, io, { to: 'read' });
    try {
      await noteMissingTable(index, io);
      if (flags.queries !== undefined) {
        return await answerLines(flags.queries, io, {
          answer: async (text, own) =>
            notingPartial(await index.suggest(text, { ...how, ...own }), io),
          empty: [],
        });
      }
      const suggestions = notingPartial(await index.suggest(query!, how), io);
      if (flags.json || flags.explain) await printJson(io, suggestions);
      else await printShown(io, suggestionTable(suggestions, { text: query!, bold: io.color }));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};
