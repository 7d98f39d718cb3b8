import { join } from 'node:path';
import type { AliasIndex } from '../alias/alias-index.ts';
import { checkAlias } from '../engines/alias.ts';
import { embedded } from '../engines/embedded/index.ts';
import { EMBEDDED_SPEC, type EmbeddedOptions } from '../engines/embedded/options.ts';
import { checkThere, DATA_FILE } from '../engines/embedded/store.ts';
import type { Engine } from '../engines/engine.ts';
import { ImageIndex, type ImageIndexOptions } from '../image-index.ts';
import { IMAGE_DEFAULTS, type ImageModel } from '../image-options.ts';
import { NoteIndex } from '../note-index.ts';
import { PlaceIndex } from '../place-index.ts';
import { PLACE_INDEX_SPEC, type PlaceIndexOptions } from '../place-options.ts';
import {
  CLUSTER_OPTIONS,
  type ClusterFlags,
  type Opened,
  openCluster,
  refuseFlags,
} from './cluster-options.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { type DeclaredFlags, flagsOf } from './declared.ts';
import { type Io, note } from './io.ts';
import { imageMappingOf, SHARDS } from './mapping-options.ts';
import { ownModel, semanticOf } from './model-options.ts';

/** Which index a command works on. */
interface EngineFlags extends ClusterFlags {
  engine: EngineName;
}

/** Engines, as `--engine` names them. */
export const ENGINE_NAMES = ['embedded', 'opensearch', 'elasticsearch'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** The folder of an embedded index. */
export const DATA: DeclaredFlags<Pick<EmbeddedOptions, 'dataDir'>> = flagsOf(EMBEDDED_SPEC, [
  'dataDir',
]);

const ALIAS = flagsOf(PLACE_INDEX_SPEC, ['alias'], { alias: 'places, images or notes' });

/** How many answers of `suggest` are cached, for commands that answer more than once. */
export const CACHE: DeclaredFlags<Pick<PlaceIndexOptions, 'cache'>> = flagsOf(PLACE_INDEX_SPEC, [
  'cache',
]);

/** Options that say where indexes are. */
export const PLACE_OF_INDEXES: readonly OptionSpec[] = [
  {
    flags: '--engine <name>',
    description: 'embedded (a file on this machine), opensearch or elasticsearch',
    choices: ENGINE_NAMES,
    default: 'embedded',
  },
  ...CLUSTER_OPTIONS,
  ...DATA.options,
];

/** Options of every command that works on one index. */
export const ENGINE_OPTIONS: readonly OptionSpec[] = [...PLACE_OF_INDEXES, ...ALIAS.options];

/** An index opened for a command. */
export interface OpenedIndex<Index extends AliasIndex = PlaceIndex> {
  engine: Engine;
  index: Index;
  alias: string;
  data: string;
  close: () => Promise<void>;
}

/** What the command does with the index. Only `make` creates an embedded file that does not exist. */
interface OpenOptions {
  /** Default `make`. */
  to?: 'read' | 'change' | 'make';
}

/**
 * Opens the place index that the options name, with the mapping that they give.
 *
 * @throws {OptionError} `ENGINE_OPTION_INVALID`, `NODE_INVALID`.
 */
export async function openIndex(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  options: OpenOptions = {},
): Promise<OpenedIndex> {
  return opened(await openEngine(flags, io, options), (engine) => {
    const mapping = SHARDS.read(flags);
    const settings = { ...ALIAS.read(flags), ...CACHE.read(flags) };
    return new PlaceIndex(engine, { ...settings, mapping, dataDir: dataOf(flags) });
  });
}

/** An image index opened for a command. */
export interface OpenedImages extends OpenedIndex<ImageIndex> {
  /** The model that made its vectors; null for suoyin's own. */
  model: ImageModel | null;
}

/**
 * Opens the image index that the options name, with the mapping that they give and the model of vectors that the
 * index keeps.
 *
 * @param options - images: further options of the index.
 * @throws {OptionError} `ENGINE_OPTION_INVALID`, `NODE_INVALID`, `MODEL_OPTION_INVALID`.
 * @throws {EngineError} `MODEL_DIFFERS`.
 */
export async function openImages(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  options: OpenOptions & { images?: Omit<ImageIndexOptions, 'alias' | 'mapping'> } = {},
): Promise<OpenedImages> {
  const engine = await openEngine(flags, io, options);
  try {
    const alias = ALIAS.read(flags).alias ?? IMAGE_DEFAULTS.alias;
    checkAlias(alias);
    const model = await ownModel(engine.engine, alias, flags);
    const mapping = imageMappingOf(flags);
    const models = { ...(model ? { model } : {}), ...semanticOf(flags) };
    const settings = { ...options.images, ...models, alias, mapping };
    return { ...opened(engine, (one) => new ImageIndex(one, settings)), model };
  } catch (error) {
    await engine.engine.close();
    await engine.close();
    throw error;
  }
}

/**
 * Opens the index of notes that the options name, with the mapping that they give.
 *
 * @throws {OptionError} `ENGINE_OPTION_INVALID`, `NODE_INVALID`.
 */
export async function openNotes(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  options: OpenOptions = {},
): Promise<OpenedIndex<NoteIndex>> {
  return opened(await openEngine(flags, io, options), (engine) => {
    return new NoteIndex(engine, { ...ALIAS.read(flags), mapping: SHARDS.read(flags) });
  });
}

/** Opens the index that the first argument of a command names, places by default. */
export async function openNamed(
  { args: [name], options: flags }: CommandInput,
  io: Io,
  options: OpenOptions = {},
): Promise<OpenedIndex<PlaceIndex | ImageIndex | NoteIndex>> {
  if (name === 'images') return openImages(flags, io, options);
  return name === 'notes' ? openNotes(flags, io, options) : openIndex(flags, io, options);
}

type OpenedEngine = Opened & { flags: EngineFlags };

/** Opens the engine that the options name; for commands that work on several indexes. */
async function openEngine(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  options: OpenOptions,
): Promise<OpenedEngine> {
  const given = flags as unknown as EngineFlags;
  const engine =
    given.engine === 'embedded'
      ? openFile(given, io, options)
      : await openCluster(given.engine, given, io);
  return { ...engine, flags: given };
}

function opened<Index extends AliasIndex>(
  { engine, close, flags }: OpenedEngine,
  makeIndex: (engine: Engine) => Index,
): OpenedIndex<Index> {
  const index = makeIndex(engine);
  return {
    engine,
    index,
    alias: index.alias,
    data: dataOf(flags),
    async close() {
      await engine.close();
      await close();
    },
  };
}

/** Folder of the embedded index, and of dead letters. */
export function dataOf(flags: object): string {
  return DATA.read(flags).dataDir ?? EMBEDDED_SPEC.options.dataDir.default;
}

function openFile(flags: EngineFlags, io: Io, { to = 'make' }: OpenOptions): Opened {
  refuseFlags('embedded', flags);
  const dataDir = dataOf(flags);
  if (to === 'change' && dataDir !== ':memory:') checkThere(join(dataDir, DATA_FILE));
  const warn = (text: string): void => {
    note(io, `suoyin: ${text}`);
  };
  const engine = embedded({ dataDir, readOnly: to === 'read', warn });
  return { engine, close: () => Promise.resolve() };
}
