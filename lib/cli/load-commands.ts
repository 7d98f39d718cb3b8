import type { CommandGroup, CommandSpec } from './command.ts';

type Command = CommandSpec | CommandGroup;

/** Loaders of commands by their first word: a run does not wait for the modules of other commands. */
const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./demo.ts')).demoCommand,
  'index-rebuild': async () => (await import('./index-rebuild.ts')).indexRebuildCommand,
  suggest: async () => (await import('./suggest.ts')).suggestCommand,
  search: async () => (await import('./search.ts')).searchCommand,
  images: async () => (await import('./images.ts')).imagesCommand,
  similar: async () => (await import('./similar.ts')).similarCommand,
  duplicates: async () => (await import('./duplicates.ts')).duplicatesCommand,
  notes: async () => (await import('./notes.ts')).notesCommand,
  detect: async () => (await import('./detect.ts')).detectCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  parents: async () => (await import('./parents.ts')).parentsCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  convert: async () => (await import('./convert.ts')).convertCommand,
  learn: async () => (await import('./learn.ts')).learnCommand,
  outlines: async () => (await import('./outlines.ts')).outlinesCommand,
  'check-file': async () => (await import('./check-file.ts')).checkFileCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  restore: async () => (await import('./backup.ts')).restoreCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  rollback: async () => (await import('./rollback.ts')).rollbackCommand,
  gc: async () => (await import('./gc.ts')).gcCommand,
  'queue-check': async () => (await import('./queue-check.ts')).queueCheckCommand,
  size: async () => (await import('./size.ts')).sizeCommand,
};

/**
 * The commands that the arguments may mean: the one they begin with, none if only the version is asked for, else all.
 */
export async function loadCommands([first = '', ...rest]: readonly string[]): Promise<
  readonly Command[]
> {
  if (Object.hasOwn(LOADERS, first)) return [await LOADERS[first]!()];
  if ((first === '--version' || first === '-V') && rest.length === 0) return [];
  return (await import('./commands.ts')).COMMANDS;
}
