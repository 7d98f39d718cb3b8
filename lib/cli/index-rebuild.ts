import type { CommandGroup } from './command.ts';
import { dlqCommand } from './dlq.ts';
import { gcCommand } from './gc.ts';
import { rebuildPlanCommand } from './rebuild-plan.ts';
import { rebuildResumeCommand, rebuildRunCommand } from './rebuild-run.ts';
import { rebuildScanCommand } from './rebuild-scan.ts';
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
    rollbackCommand,
    gcCommand,
    statusCommand,
    rebuildScanCommand,
    dlqCommand,
    rebuildUnlockCommand,
  ],
};
