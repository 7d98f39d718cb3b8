import type { TextAnswer } from '../autocomplete/text/hits.ts';
import { TEXT_QUERY_SPEC, textQuery } from '../autocomplete/text/query.ts';
import { OptionError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, printJson, printShown } from './io.ts';
import { marked } from './marked.ts';
import { JSON_OPTION } from './options.ts';
import { notingPartial, PARTIAL } from './partial.ts';
import { answerLines, noteMissingTable, QUERY_NAMES, type QueryFlags } from './query-lines.ts';
import { suggestionTable } from './suggestion-table.ts';

const QUERY = flagsOf(TEXT_QUERY_SPEC, [...QUERY_NAMES, 'from', 'in']);

/** `suoyin search`: finds places for a whole text, or for each line of a file. */
export const searchCommand: CommandSpec = {
  name: 'search',
  summary: 'find places by a text of names, categories and containing places',
  args: [{ name: '[text]', description: 'what to look for; left out with --queries' }],
  options: [
    ...QUERY.options,
    ...PARTIAL.options,
    {
      flags: '--queries <file>',
      description: 'JSON lines {"query","language","near"}; a JSON object a line comes out',
    },
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: [
    "suoyin search '清水寺 京都' --language ja",
    "suoyin search '台南 古蹟' --limit 20 --from 20 --json",
    "suoyin search '賞櫻 親子' --in names,descriptions",
    'suoyin search --queries texts.jsonl > answers.jsonl',
  ],
  async run({ args, options }, io) {
    const flags = options as QueryFlags;
    const [text] = args as [string | undefined];
    if ((text === undefined) === (flags.queries === undefined)) {
      const what = text === undefined ? 'No text was given' : 'A text and --queries were given';
      throw new OptionError(
        'QUERY_MISSING',
        what,
        "Give one of the two: suoyin search '清水寺 京都'",
      );
    }
    // Wrong flags are reported once, and not as a fault of every line.
    const asked = QUERY.read(options);
    textQuery('', asked);
    const how = { ...asked, ...PARTIAL.read(options) };
    const { index, close } = await openIndex(options, io, { to: 'read' });
    try {
      await noteMissingTable(index, io);
      if (flags.queries !== undefined) {
        return await answerLines(flags.queries, io, {
          answer: async (query, own) =>
            notingPartial(await index.search(query, { ...how, ...own }), io),
          empty: { total: 0, more: false, hits: [] },
        });
      }
      const answer = notingPartial(await index.search(text!, how), io);
      if (flags.json || flags.explain) await printJson(io, answer);
      else await printShown(io, answerTable(text!, answer, io));
      if (answer.total === 0 && asked.in === undefined) {
        note(
          io,
          'suoyin: only names and categories were searched; --in names,descriptions adds descriptions',
        );
      }
      return EXIT.done;
    } finally {
      await close();
    }
  },
};

function answerTable(text: string, { hits, total, more }: TextAnswer, io: Io): string {
  const rows = suggestionTable(hits, {
    text,
    bold: io.color,
    below: ({ description }) =>
      (description?.fragments ?? []).map((fragment) => `  ${marked(fragment, io)}\n`).join(''),
  });
  return hits.length < total
    ? `${rows}${hits.length} of ${total}${more ? ' or more' : ''}\n`
    : rows;
}
