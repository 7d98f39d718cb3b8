import { NOTE_SEARCH_SPEC } from '../note-index.ts';
import type { SearchedNote } from '../notes/answer.ts';
import { LIKE_SPEC } from '../notes/like.ts';
import { shownText } from '../shown-text.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openNotes } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, print, printJson, printShown } from './io.ts';
import { marked } from './marked.ts';
import { notingPartial } from './partial.ts';
import { JSON_OPTION } from './options.ts';

const SEARCH = flagsOf(NOTE_SEARCH_SPEC, [
  'limit',
  'from',
  'tags',
  'since',
  'until',
  'language',
  'allowPartial',
]);
const LIKE = flagsOf(LIKE_SPEC, ['limit', 'allowPartial']);

/** `suoyin notes search`: finds notes by their text. */
export const notesSearchCommand: CommandSpec = {
  name: 'search',
  summary: 'find notes by what they say, with the pieces that say it',
  args: [
    { name: '<text>', description: 'words in any order; Japanese titles by their reading, too' },
  ],
  options: [...SEARCH.options, ...ENGINE_OPTIONS, JSON_OPTION],
  examples: ["suoyin notes search '賞櫻 親子'", 'suoyin notes search 紅葉 --tag 京都 --json'],
  async run({ args, options }, io) {
    const { index, close } = await openNotes(options, io, { to: 'read' });
    try {
      const answer = notingPartial(await index.search(args[0] as string, SEARCH.read(options)), io);
      if (options['json']) await printJson(io, answer);
      else {
        const { notes, total, more } = answer;
        await printNotes(notes, 'nothing found', io);
        if (notes.length < total)
          await print(io, `${notes.length} of ${total}${more ? ' or more' : ''}`);
      }
      return EXIT.done;
    } finally {
      await close();
    }
  },
};

/** `suoyin notes like`: finds notes on the same subject as a given one. */
export const notesLikeCommand: CommandSpec = {
  name: 'like',
  summary: 'find notes about the same as one',
  args: [{ name: '<id>', description: 'as notes search --json tells it' }],
  options: [...LIKE.options, ...ENGINE_OPTIONS, JSON_OPTION],
  examples: ['suoyin notes like 2f1c8a0d4e6b9c3f2f1c8a0d4e6b9c3f'],
  async run({ args, options }, io) {
    const { index, close } = await openNotes(options, io, { to: 'read' });
    try {
      const found = notingPartial(await index.like(args[0] as string, LIKE.read(options)), io);
      if (options['json']) await printJson(io, found);
      else await printNotes(found, 'nothing like it', io);
      return EXIT.done;
    } finally {
      await close();
    }
  },
};

async function printNotes(notes: readonly SearchedNote[], none: string, io: Io): Promise<void> {
  if (notes.length === 0) await print(io, none);
  else await printShown(io, `${notes.flatMap((one) => linesOf(one, io)).join('\n')}\n`);
}

/** A note as lines: its title, where it comes from, and its text. */
function linesOf(
  { title, id, sources, titleHighlights, fragments }: SearchedNote,
  io: Io,
): string[] {
  const where = sources[0] ?? id;
  return [
    `${marked({ text: title, highlights: titleHighlights }, io) || shownText(id)}  ${shownText(where)}`,
    ...fragments.map((fragment) => `  ${marked(fragment, io)}`),
  ];
}
