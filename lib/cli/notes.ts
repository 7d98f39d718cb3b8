import type { CommandGroup } from './command.ts';
import { notesAddCommand } from './notes-add.ts';
import { notesDeleteCommand } from './notes-delete.ts';
import { notesLikeCommand, notesSearchCommand } from './notes-search.ts';

/** `suoyin notes`: indexes notes and finds them by their text. */
export const notesCommand: CommandGroup = {
  name: 'notes',
  summary: 'take in notes, articles and descriptions, and find them by what they say',
  default: 'search',
  commands: [notesAddCommand, notesSearchCommand, notesLikeCommand, notesDeleteCommand],
};
