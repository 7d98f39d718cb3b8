import { checkCommand } from './check.ts';
import type { CommandGroup, CommandSpec } from './command.ts';
import { detectCommand } from './detect.ts';
import { gcCommand } from './gc.ts';
import { indexRebuildCommand } from './index-rebuild.ts';
import { parentsCommand } from './parents.ts';
import { rollbackCommand } from './rollback.ts';
import { statusCommand } from './status.ts';
import { suggestCommand } from './suggest.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly (CommandSpec | CommandGroup)[] = [
  indexRebuildCommand,
  suggestCommand,
  detectCommand,
  parentsCommand,
  checkCommand,
  statusCommand,
  rollbackCommand,
  gcCommand,
];
