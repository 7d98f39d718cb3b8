import { DUPLICATES_SPEC } from '../knn/similar/duplicates.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { note, print, printJson } from './io.ts';
import { THRESHOLD_OPTION } from './model-options.ts';
import { JSON_OPTION } from './options.ts';
import { lineOf } from './similar.ts';

const DUPLICATES = flagsOf(DUPLICATES_SPEC, ['maxDistance', 'turned']);

/** `suoyin duplicates`: finds groups of pictures that look the same. */
export const duplicatesCommand: CommandSpec = {
  name: 'duplicates',
  summary: 'group the pictures that are copies of each other, the best of each first',
  options: [
    ...DUPLICATES.options,
    THRESHOLD_OPTION,
    ...ENGINE_OPTIONS,
    { ...JSON_OPTION, description: 'print groups as JSON lines' },
  ],
  examples: ['suoyin duplicates', 'suoyin duplicates --max-distance 0 --json'],
  async run({ options }, io) {
    const { json } = options as { json?: true };
    const { index, close } = await openImages(options, io, { to: 'read' });
    try {
      const signal = io.onInterrupt();
      let groups = 0;
      let pictures = 0;
      const asked = DUPLICATES.read(options);
      for await (const group of index.duplicates({ ...asked, signal })) {
        groups += 1;
        pictures += group.others.length;
        if (json) await printJson(io, group);
        else {
          const { width, height, id } = group.best;
          const others = group.others.map((other) => `  ${lineOf(other)}`);
          // Vectors that the user supplied have no picture.
          const size = width && height ? `  ${width} x ${height}` : '';
          await print(io, [`${id}${size}`, ...others]);
        }
      }
      note(io, `suoyin: ${groups} groups, ${pictures} pictures beside the best of each`);
      return EXIT.done;
    } finally {
      await close();
    }
  },
};
