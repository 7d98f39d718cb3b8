import { checkCommand } from './check.ts';
import type { CommandGroup, CommandSpec } from './command.ts';
import { detectCommand } from './detect.ts';
import { duplicatesCommand } from './duplicates.ts';
import { gcCommand } from './gc.ts';
import { indexRebuildCommand } from './index-rebuild.ts';
import { parentsCommand } from './parents.ts';
import { queueCheckCommand } from './queue-check.ts';
import { rollbackCommand } from './rollback.ts';
import { similarCommand } from './similar.ts';
import { statusCommand } from './status.ts';
import { suggestCommand } from './suggest.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly (CommandSpec | CommandGroup)[] = [
  indexRebuildCommand,
  suggestCommand,
  similarCommand,
  duplicatesCommand,
  detectCommand,
  parentsCommand,
  checkCommand,
  statusCommand,
  rollbackCommand,
  gcCommand,
  queueCheckCommand,
];
