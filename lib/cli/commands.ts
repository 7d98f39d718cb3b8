import { backupCommand, restoreCommand } from './backup.ts';
import { checkCommand } from './check.ts';
import { checkFileCommand } from './check-file.ts';
import type { CommandGroup, CommandSpec } from './command.ts';
import { convertCommand } from './convert.ts';
import { demoCommand } from './demo.ts';
import { detectCommand } from './detect.ts';
import { duplicatesCommand } from './duplicates.ts';
import { gcCommand } from './gc.ts';
import { imagesCommand } from './images.ts';
import { indexRebuildCommand } from './index-rebuild.ts';
import { learnCommand } from './learn.ts';
import { outlinesCommand } from './outlines.ts';
import { notesCommand } from './notes.ts';
import { parentsCommand } from './parents.ts';
import { queueCheckCommand } from './queue-check.ts';
import { rollbackCommand } from './rollback.ts';
import { searchCommand } from './search.ts';
import { serveCommand } from './serve.ts';
import { similarCommand } from './similar.ts';
import { sizeCommand } from './size.ts';
import { statusCommand } from './status.ts';
import { suggestCommand } from './suggest.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly (CommandSpec | CommandGroup)[] = [
  demoCommand,
  indexRebuildCommand,
  suggestCommand,
  searchCommand,
  imagesCommand,
  similarCommand,
  duplicatesCommand,
  notesCommand,
  detectCommand,
  serveCommand,
  parentsCommand,
  checkCommand,
  convertCommand,
  learnCommand,
  outlinesCommand,
  checkFileCommand,
  backupCommand,
  restoreCommand,
  statusCommand,
  rollbackCommand,
  gcCommand,
  queueCheckCommand,
  sizeCommand,
];
