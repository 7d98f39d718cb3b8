import { OptionError, quoteValue } from '../errors.ts';
import { ImageIndex } from '../image-index.ts';
import { IMAGE_REBUILD_SPEC, type ImageRebuildResult } from '../rebuild/images.ts';
import type { NoteRebuildResult } from '../rebuild/notes.ts';
import type { OptionSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { openImages, openNotes } from './engine-options.ts';
import type { Io } from './io.ts';
import { longRun } from './long-run.ts';
import { GRAPH } from './mapping-options.ts';
import { SEMANTIC, THRESHOLD_OPTION } from './model-options.ts';
import { lostText, movedText } from './swap-text.ts';

const RECALL = flagsOf(IMAGE_REBUILD_SPEC, ['minRecall']);
const RUN = flagsOf(IMAGE_REBUILD_SPEC, ['prepareOnly', 'verify', 'keepFreshMs']);

/** Options of a rebuild that only pictures have. */
export const IMAGE_REBUILD_OPTIONS: readonly OptionSpec[] = [
  ...RECALL.options,
  ...GRAPH.options,
  ...SEMANTIC.options,
  THRESHOLD_OPTION,
];

/** Options that only places have. */
const OF_PLACES = [
  'source',
  'boundaries',
  'corrections',
  'boosts',
  'maxFailed',
  'deadLetters',
  'dryRun',
];

/**
 * `suoyin index-rebuild images` and `notes`: copies the live generation into one with other settings, or of this
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
  return longRun<ImageRebuildResult | NoteRebuildResult>(options, io, {
    async work(signal, onProgress) {
      const open = name === 'images' ? openImages : openNotes;
      const { index, close } = await open(options, io);
      const asked = { ...RUN.read(options), signal, onProgress };
      try {
        return index instanceof ImageIndex
          ? await index.rebuild({ ...asked, ...RECALL.read(options) })
          : await index.rebuild(asked);
      } finally {
        await close();
      }
    },
    summary: (result) => summaryOf(result, name),
    interrupted: 'the live index is as it was before, the same command resumes',
  });
}

function summaryOf(result: ImageRebuildResult | NoteRebuildResult, name: string): string[] {
  const { alias, generation, live, resumed, previous, documents, seconds } = result;
  const what = name === 'images' ? 'pictures' : name;
  const which = alias === name ? name : `${name} --alias ${alias}`;
  const found =
    'recall' in result
      ? `, ${result.recall === null ? 'no vectors' : `recall@10 ${result.recall.toFixed(3)}`}`
      : '';
  const how = resumed ? ', resumed where it was cut off' : '';
  const done = `${documents} ${what} in ${seconds.toFixed(1)} s${found}${how}`;
  if (!live) {
    const swap = `swap it in: suoyin index-rebuild swap ${which}`;
    return [`${generation} is complete and verified: ${done}; ${swap}`];
  }
  const kept = previous === null ? [] : [`${previous} is kept: suoyin rollback ${which}`];
  const { lost, aliasesMoved } = result;
  const told = [...lostText(lost), ...movedText(aliasesMoved)];
  return [`${alias} is now ${generation}: ${done}`, ...told, ...kept];
}
