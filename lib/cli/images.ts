import type { CommandGroup } from './command.ts';
import { imagesAddCommand } from './images-add.ts';
import { imagesCheckCommand } from './images-check.ts';
import { imagesDlqCommand } from './images-dlq.ts';
import { imagesPurgeCommand } from './images-purge.ts';
import { imagesStatusCommand } from './images-status.ts';
import { imagesThresholdCommand } from './images-threshold.ts';

/** `suoyin images`: ingests pictures and maintains their index. */
export const imagesCommand: CommandGroup = {
  name: 'images',
  summary: 'take pictures in, and keep their index, thumbnails and queue in order',
  default: 'status',
  commands: [
    imagesAddCommand,
    imagesCheckCommand,
    imagesDlqCommand,
    imagesPurgeCommand,
    imagesStatusCommand,
    imagesThresholdCommand,
  ],
};
