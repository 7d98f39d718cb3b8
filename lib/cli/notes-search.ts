import type { SearchedNote } from '../notes/answer.ts';
import type { Fragment, Range } from '../notes/snippets.ts';
import { defined } from '../options.ts';
import { shownText } from '../shown-text.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { ENGINE_OPTIONS, openNotes } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, print, printJson, printShown } from './io.ts';
import { JSON_OPTION, numberFor } from './options.ts';

interface Flags {
  limit?: number;
  from?: number;
  tag?: string[];
  since?: string;
  until?: string;
  language?: string;
  json?: true;
}

const LIMIT_OPTION: OptionSpec = {
  flags: '--limit <n>',
  description: 'notes at the most (default: 10)',
  parse: numberFor('--limit'),
};

/** `suoyin notes search`: notes by what they say. */
export const notesSearchCommand: CommandSpec = {
  name: 'search',
  summary: 'find notes by what they say, with the pieces that say it',
  args: [
    { name: '<text>', description: 'words in any order; Japanese titles by their reading, too' },
  ],
  options: [
    LIMIT_OPTION,
    {
      flags: '--from <n>',
      description: 'notes to pass over (default: 0)',
      parse: numberFor('--from'),
    },
    {
      flags: '--tag <tag>',
      description: 'only notes with this tag; may come more than once',
      repeat: true,
    },
    { flags: '--since <time>', description: 'only notes written then or later: 2026-11-29' },
    { flags: '--until <time>', description: 'only notes written before' },
    { flags: '--language <tag>', description: 'of the text (default: told by its characters)' },
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: ["suoyin notes search '賞櫻 親子'", 'suoyin notes search 紅葉 --tag 京都 --json'],
  async run({ args, options }, io) {
    const { json, tag, ...flags } = options as unknown as Flags;
    const { limit, from, since, until, language } = flags;
    const { index, close } = await openNotes(options, io, { readOnly: true });
    try {
      const asked = defined({ limit, from, since, until, language, tags: tag });
      const answer = await index.search(args[0] as string, asked);
      if (json) await printJson(io, answer);
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

/** `suoyin notes like`: notes about the same as one. */
export const notesLikeCommand: CommandSpec = {
  name: 'like',
  summary: 'find notes about the same as one',
  args: [{ name: '<id>', description: 'as notes search --json tells it' }],
  options: [LIMIT_OPTION, ...ENGINE_OPTIONS, JSON_OPTION],
  examples: ['suoyin notes like 2f1c8a0d4e6b9c3f2f1c8a0d4e6b9c3f'],
  async run({ args, options }, io) {
    const { limit, json } = options as unknown as Flags;
    const { index, close } = await openNotes(options, io, { readOnly: true });
    try {
      const found = await index.like(args[0] as string, defined({ limit }));
      if (json) await printJson(io, found);
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

/** A note as its title, where it comes from, and what it says. */
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

/** A text with its highlights in bold, where the terminal can. */
function marked({ text, highlights }: Pick<Fragment, 'text' | 'highlights'>, io: Io): string {
  const parts: string[] = [];
  let at = 0;
  const add = (until: number, bold: boolean): void => {
    const part = shownText(text.slice(at, until).replace(/\s+/gu, ' '));
    parts.push(bold && io.color ? `\u001b[1m${part}\u001b[22m` : part);
    at = until;
  };
  for (const [start, end] of highlights satisfies readonly Range[]) {
    add(start, false);
    add(end, true);
  }
  add(text.length, false);
  return parts.join('');
}
