import { DEFAULT_SPACE } from '../knn/space.ts';
import { sizeDeployment, type Sizing, type SizingFigure, type SizingInput } from '../sizing.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_NAMES } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { flagsOf } from './mapping-options.ts';
import { JSON_OPTION, numberFor } from './options.ts';

interface Flags {
  json?: true;
  nodeMemory?: number;
  nodeDisk?: number;
}

/** `suoyin size`: what a deployment needs, with the arithmetic. */
export const sizeCommand: CommandSpec = {
  name: 'size',
  summary:
    'disk, memory, shards and nodes for a number of places and pictures, with the arithmetic',
  options: [
    { flags: '--places <n>', description: 'places', parse: numberFor('--places') },
    { flags: '--images <n>', description: 'pictures', parse: numberFor('--images') },
    {
      flags: '--dimension <n>',
      description: 'numbers of a vector (default: 132)',
      parse: numberFor('--dimension'),
    },
    {
      flags: '--engine <name>',
      description: 'default: by the numbers',
      choices: ENGINE_NAMES,
    },
    {
      flags: '--compression <level>',
      description: 'of vectors in memory on a cluster (default: 1x)',
      choices: ['1x', '2x', '4x', '8x', '16x', '32x'],
    },
    { flags: '--m <n>', description: 'edges of a node (default: 16)', parse: numberFor('--m') },
    {
      flags: '--replicas <n>',
      description: 'copies of each shard (default: 1)',
      parse: numberFor('--replicas'),
    },
    {
      flags: '--node-memory <gib>',
      description: 'of one data node (default: 64)',
      parse: numberFor('--node-memory'),
    },
    {
      flags: '--node-disk <gib>',
      description: 'of one data node (default: 1024)',
      parse: numberFor('--node-disk'),
    },
    JSON_OPTION,
  ],
  examples: [
    'suoyin size --places 1000000 --images 500000',
    'suoyin size --images 1000000000 --dimension 512 --compression 32x',
  ],
  async run({ options }, io) {
    const { json, nodeMemory, nodeDisk, ...given } = options as Flags;
    const input: SizingInput = {
      ...given,
      ...(nodeMemory === undefined ? {} : { nodeMemoryGib: nodeMemory }),
      ...(nodeDisk === undefined ? {} : { nodeDiskGib: nodeDisk }),
    };
    const sizing = sizeDeployment(input);
    if (json) {
      await printJson(io, sizing);
      return EXIT.done;
    }
    await print(io, [
      `engine  ${sizing.engine}`,
      ...sizing.figures.flatMap(figureLines),
      ...commandLines(sizing, input.dimension ?? DEFAULT_SPACE.dimension),
      ...sizing.notes,
    ]);
    return EXIT.done;
  },
};

/** How to make such indexes; where pictures are there already, `index-rebuild images` takes the same flags. */
function commandLines(
  { engine, settings: { places, images } }: Sizing,
  dimension: number,
): string[] {
  const at = `--engine ${engine} --node URL`;
  return [
    ...(places ? [`suoyin index-rebuild places --source FILE ${at} ${flagsOf(places)}`] : []),
    ...(images && dimension === DEFAULT_SPACE.dimension
      ? [`suoyin images add FOLDER ${at} ${flagsOf(images)}`]
      : []),
    ...(images && dimension !== DEFAULT_SPACE.dimension
      ? ownVectorLines(engine, images, dimension)
      : []),
  ];
}

/** The command line makes vectors of its own length only; these are written from code. */
function ownVectorLines(engine: string, mapping: object, dimension: number): string[] {
  const space = `{ dimension: ${dimension}, spaceType: 'cosinesimil', dataType: 'float' }`;
  return [
    `const model = { id: 'MODEL', space: ${space}, threshold: THRESHOLD };`,
    `const index = new ImageIndex(${engine}({ node: URL }), { model, mapping: ${JSON.stringify(mapping)} });`,
    'await index.write(await Promise.all(batch.map(async ({ id, vector }) => (await index.prepare({ vector }, { id })).document)));',
  ];
}

function figureLines({ name, value, unit, formula, source }: SizingFigure): string[] {
  const shown =
    unit === 'bytes' ? bytesText(value) : `${value} ${value === 1 ? unit.slice(0, -1) : unit}`;
  return [`${name}  ${shown}`, `  = ${formula}`, `  (${source})`];
}

function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}
