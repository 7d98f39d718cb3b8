import { OptionError, quoteValue } from '../errors.ts';
import type { ImageRebuildResult } from '../rebuild/images.ts';
import type { OptionSpec } from './command.ts';
import { openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, print, printJson } from './io.ts';
import { GRAPH_OPTIONS } from './mapping-options.ts';
import { numberFor } from './options.ts';
import { progressView } from './progress.ts';

/** Options of a rebuild that only pictures have. */
export const IMAGE_REBUILD_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--min-recall <share>',
    description: 'images: share of the ten nearest that the new index has to find (default: 0.95)',
    parse: numberFor('--min-recall'),
  },
  ...GRAPH_OPTIONS,
];

/** Options that only places have. */
const OF_PLACES = ['source', 'boundaries', 'corrections', 'maxFailed', 'deadLetters', 'dryRun'];

interface Flags {
  minRecall?: number;
  swap: boolean;
  keepFresh?: number;
  quiet?: true;
  json?: true;
}

/** `suoyin index-rebuild images`: the live generation copied into one of other settings. */
export async function rebuildImageIndex(
  options: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const wrong = OF_PLACES.find((name) => options[name] !== undefined);
  if (wrong !== undefined) {
    const hint = 'Images are rebuilt from the live index; add pictures with images add.';
    throw new OptionError('ENGINE_OPTION_INVALID', `${quoteValue(wrong)} is of places`, hint);
  }
  const flags = options as unknown as Flags;
  const { minRecall, keepFresh, quiet, json } = flags;
  const signal = io.onInterrupt();
  const view = progressView(io, { quiet: quiet ?? false });
  const opened = await openImages(options, io);
  try {
    const result = await opened.index.rebuild({
      prepareOnly: !flags.swap,
      ...(minRecall === undefined ? {} : { minRecall }),
      ...(keepFresh === undefined ? {} : { keepFreshMs: keepFresh }),
      signal,
      onProgress: (progress) => {
        view.show(progress);
      },
    });
    view.stop();
    if (json) await printJson(io, result);
    else await print(io, summaryOf(result));
    return EXIT.done;
  } catch (error) {
    view.stop();
    if (!signal.aborted) throw error;
    note(io, `suoyin: interrupted; ${opened.alias} is as it was, the same command goes on`);
    return EXIT.interrupted;
  } finally {
    await opened.close();
  }
}

function summaryOf(result: ImageRebuildResult): string[] {
  const { alias, generation, live, resumed, previous, documents, recall, seconds } = result;
  const found = recall === null ? 'no vectors' : `recall@10 ${recall.toFixed(3)}`;
  const how = resumed ? ', resumed where it was cut off' : '';
  const done = `${documents} pictures in ${seconds.toFixed(1)} s, ${found}${how}`;
  if (!live) {
    const swap = 'swap it in: suoyin index-rebuild swap images';
    return [`${generation} is complete and verified: ${done}; ${swap}`];
  }
  const kept = previous === null ? [] : [`${previous} is kept: suoyin rollback images`];
  return [`${alias} is now ${generation}: ${done}`, ...kept];
}
