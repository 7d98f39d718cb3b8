import type { CommandGroup } from './command.ts';
import { dlqCommand } from './dlq.ts';
import { gcCommand } from './gc.ts';
import { rebuildAdoptCommand } from './rebuild-adopt.ts';
import { rebuildPlanCommand } from './rebuild-plan.ts';
import { rebuildResumeCommand, rebuildRunCommand } from './rebuild-run.ts';
import { rebuildInspectCommand } from './rebuild-inspect.ts';
import { rebuildSwapCommand } from './rebuild-swap.ts';
import { rebuildUnlockCommand } from './rebuild-unlock.ts';
import { rebuildVerifyCommand } from './rebuild-verify.ts';
import { rollbackCommand } from './rollback.ts';
import { statusCommand } from './status.ts';

/** `suoyin index-rebuild`: everything around new generations of an index. */
export const indexRebuildCommand: CommandGroup = {
  name: 'index-rebuild',
  summary: 'build an index from its source and swap it in; queries go on meanwhile',
  default: 'run',
  commands: [
    rebuildRunCommand,
    rebuildPlanCommand,
    rebuildResumeCommand,
    rebuildVerifyCommand,
    rebuildSwapCommand,
    rebuildAdoptCommand,
    rollbackCommand,
    gcCommand,
    statusCommand,
    rebuildInspectCommand,
    dlqCommand,
    rebuildUnlockCommand,
  ],
};
