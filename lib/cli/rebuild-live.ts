import { OptionError, quoteValue } from '../errors.ts';
import { ImageIndex } from '../image-index.ts';
import { defined } from '../options.ts';
import type { ImageRebuildResult } from '../rebuild/images.ts';
import type { RebuildProgress } from '../rebuild/progress.ts';
import type { NoteRebuildResult } from '../rebuild/notes.ts';
import type { OptionSpec } from './command.ts';
import { openImages, openNotes } from './engine-options.ts';
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

/**
 * `suoyin index-rebuild images` and `notes`: the live generation copied into one of other settings, or of this
 * version.
 *
 * @throws {OptionError} `ENGINE_OPTION_INVALID` for an option of places.
 */
export async function rebuildFromLive(
  name: 'images' | 'notes',
  options: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const wrong = OF_PLACES.find((one) => options[one] !== undefined);
  if (wrong !== undefined) {
    const hint = `${name} are rebuilt from the live index; add more with ${name} add.`;
    throw new OptionError('ENGINE_OPTION_INVALID', `${quoteValue(wrong)} is of places`, hint);
  }
  const flags = options as unknown as Flags;
  const { minRecall, keepFresh, quiet, json } = flags;
  const signal = io.onInterrupt();
  const view = progressView(io, { quiet: quiet ?? false });
  const opened = name === 'images' ? await openImages(options, io) : await openNotes(options, io);
  const asked = {
    prepareOnly: !flags.swap,
    ...(keepFresh === undefined ? {} : { keepFreshMs: keepFresh }),
    signal,
    onProgress: (progress: RebuildProgress) => {
      view.show(progress);
    },
  };
  try {
    const result =
      opened.index instanceof ImageIndex
        ? await opened.index.rebuild({ ...asked, ...defined({ minRecall }) })
        : await opened.index.rebuild(asked);
    view.stop();
    if (json) await printJson(io, result);
    else await print(io, summaryOf(result, name));
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

function summaryOf(result: ImageRebuildResult | NoteRebuildResult, name: string): string[] {
  const { alias, generation, live, resumed, previous, documents, seconds } = result;
  const what = name === 'images' ? 'pictures' : name;
  const found =
    'recall' in result
      ? `, ${result.recall === null ? 'no vectors' : `recall@10 ${result.recall.toFixed(3)}`}`
      : '';
  const how = resumed ? ', resumed where it was cut off' : '';
  const done = `${documents} ${what} in ${seconds.toFixed(1)} s${found}${how}`;
  if (!live) {
    const swap = `swap it in: suoyin index-rebuild swap ${name}`;
    return [`${generation} is complete and verified: ${done}; ${swap}`];
  }
  const kept = previous === null ? [] : [`${previous} is kept: suoyin rollback ${name}`];
  return [`${alias} is now ${generation}: ${done}`, ...kept];
}
