import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openNotes } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

/** `suoyin notes delete`: removes notes by their ids. */
export const notesDeleteCommand: CommandSpec = {
  name: 'delete',
  summary: 'remove notes by their ids; exit 1 where one was not there',
  args: [{ name: '<ids...>', description: 'as notes search --json tells them' }],
  options: [...ENGINE_OPTIONS, JSON_OPTION],
  examples: ['suoyin notes delete 2f1c8a0d4e6b9c3f2f1c8a0d4e6b9c3f'],
  async run({ args, options }, io) {
    const { index, close } = await openNotes(options, io, { to: 'change' });
    try {
      const outcomes = await index.delete(args[0] as string[]);
      if (options['json']) await printJson(io, outcomes);
      else
        await print(
          io,
          outcomes.map(({ id, status }) => `${id}  ${WORDS[status] ?? status}`),
        );
      return outcomes.every(({ status }) => status < 300) ? EXIT.done : EXIT.failed;
    } finally {
      await close();
    }
  },
};

const WORDS: Readonly<Record<number, string>> = { 200: 'removed', 404: 'not there' };
