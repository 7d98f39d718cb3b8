import { DEFAULT_SPACE } from '../knn/space.ts';
import {
  sizeDeployment,
  SIZING_SPEC,
  type Sizing,
  type SizingFigure,
  type SizingInput,
} from '../sizing.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { mappingText } from './mapping-options.ts';
import { JSON_OPTION } from './options.ts';

const SIZE = flagsOf(SIZING_SPEC, [
  'places',
  'images',
  'dimension',
  'engine',
  'compression',
  'm',
  'replicas',
  'nodeMemoryGib',
  'nodeDiskGib',
]);

/** `suoyin size`: computes what a deployment needs, and shows the arithmetic. */
export const sizeCommand: CommandSpec = {
  name: 'size',
  summary:
    'disk, memory, shards and nodes for a number of places and pictures, with the arithmetic',
  options: [...SIZE.options, JSON_OPTION],
  examples: [
    'suoyin size --places 1000000 --images 500000',
    'suoyin size --images 1000000000 --dimension 512 --compression 32x',
  ],
  async run({ options }, io) {
    const input: SizingInput = SIZE.read(options);
    const sizing = sizeDeployment(input);
    if (options['json']) {
      await printJson(io, sizing);
      return EXIT.done;
    }
    await print(io, [
      `engine  ${sizing.engine}`,
      ...sizing.figures.flatMap(figureLines),
      ...commandLines(sizing, input),
      ...sizing.notes,
    ]);
    return EXIT.done;
  },
};

/** Commands that make such indexes. If pictures are indexed already, `index-rebuild images` takes the same flags. */
function commandLines(
  { engine, settings }: Sizing,
  { places = 0, images = 0, dimension = DEFAULT_SPACE.dimension }: SizingInput,
): string[] {
  const where = engine === 'embedded' ? '--data DIR' : `--engine ${engine} --node URL`;
  const at = (settings: Parameters<typeof mappingText>[0] | undefined): string =>
    [where, settings && mappingText(settings)].filter(Boolean).join(' ');
  return [
    ...(places > 0 ? [`suoyin index-rebuild places --source FILE ${at(settings.places)}`] : []),
    ...(images > 0 ? [`suoyin images add ${picturesOf(dimension)} ${at(settings.images)}`] : []),
  ];
}

/** Vectors of a length other than suoyin's come from the user's own model. */
function picturesOf(dimension: number): string {
  return dimension === DEFAULT_SPACE.dimension
    ? 'FOLDER'
    : `VECTORS.npy --model-id MODEL --dimension ${dimension} --space cosinesimil --threshold THRESHOLD`;
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
