import type { AliasIndex } from '../alias/alias-index.ts';
import { embedded } from '../engines/embedded/index.ts';
import type { Engine } from '../engines/engine.ts';
import { ImageIndex, type ImageIndexOptions } from '../image-index.ts';
import { NoteIndex } from '../note-index.ts';
import { PlaceIndex } from '../place-index.ts';
import {
  CLUSTER_OPTIONS,
  type ClusterFlags,
  type Opened,
  openCluster,
  refuseFlags,
} from './cluster-options.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { type Io, note } from './io.ts';
import { imageMappingOf, shardsOf } from './mapping-options.ts';
import { ALIAS_OPTION, DATA_OPTION } from './options.ts';

/** Which index a command works on. */
interface EngineFlags extends ClusterFlags {
  engine: EngineName;
  data: string;
  alias?: string;
}

/** Engines, as `--engine` names them. */
export const ENGINE_NAMES = ['embedded', 'opensearch', 'elasticsearch'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Options of every command that works on an index. */
export const ENGINE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--engine <name>',
    description: 'embedded (a file on this machine), opensearch or elasticsearch',
    choices: ENGINE_NAMES,
    default: 'embedded',
  },
  ...CLUSTER_OPTIONS,
  DATA_OPTION,
  ALIAS_OPTION,
];

/** An index opened for a command. */
export interface OpenedIndex<Index extends AliasIndex = PlaceIndex> {
  engine: Engine;
  index: Index;
  alias: string;
  data: string;
  close: () => Promise<void>;
}

/** How an index is opened; readOnly: nothing will be written, so an embedded file must be there. */
interface OpenOptions {
  readOnly: boolean;
}

/**
 * Opens the place index that the options name, with the mapping that they say.
 *
 * @throws {OptionError} `ENGINE_OPTION_INVALID`, `NODE_INVALID`.
 */
export async function openIndex(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  options: OpenOptions = { readOnly: false },
): Promise<OpenedIndex> {
  return opened(await openEngine(flags, io, options), (engine, { alias, data }) => {
    const mapping = shardsOf(flags);
    const named = alias === undefined ? {} : { alias };
    return new PlaceIndex(engine, { ...named, mapping, dataDir: data });
  });
}

/**
 * Opens the image index that the options name, with the mapping that they say.
 *
 * @param options - images: how it is set up.
 * @throws {OptionError} `ENGINE_OPTION_INVALID`, `NODE_INVALID`.
 */
export async function openImages(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  options: OpenOptions & { images?: Omit<ImageIndexOptions, 'alias' | 'mapping'> } = {
    readOnly: false,
  },
): Promise<OpenedIndex<ImageIndex>> {
  return opened(await openEngine(flags, io, options), (engine, { alias }) => {
    const mapping = imageMappingOf(flags);
    const named = alias === undefined ? {} : { alias };
    return new ImageIndex(engine, { ...options.images, ...named, mapping });
  });
}

/**
 * Opens the index of notes that the options name, with the mapping that they say.
 *
 * @throws {OptionError} `ENGINE_OPTION_INVALID`, `NODE_INVALID`.
 */
export async function openNotes(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  options: OpenOptions = { readOnly: false },
): Promise<OpenedIndex<NoteIndex>> {
  return opened(await openEngine(flags, io, options), (engine, { alias }) => {
    const named = alias === undefined ? {} : { alias };
    return new NoteIndex(engine, { ...named, mapping: shardsOf(flags) });
  });
}

/** Opens the index that the first argument of a command names, places by default. */
export async function openNamed(
  { args: [name], options: flags }: CommandInput,
  io: Io,
  options: OpenOptions = { readOnly: false },
): Promise<OpenedIndex<PlaceIndex | ImageIndex | NoteIndex>> {
  if (name === 'images') return openImages(flags, io, options);
  return name === 'notes' ? openNotes(flags, io, options) : openIndex(flags, io, options);
}

type OpenedEngine = Opened & { flags: EngineFlags };

/** Opens the engine that the options name; for commands that work on several indexes. */
async function openEngine(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  { readOnly }: OpenOptions,
): Promise<OpenedEngine> {
  const given = flags as unknown as EngineFlags;
  const engine =
    given.engine === 'embedded'
      ? openFile(given, io, readOnly)
      : await openCluster(given.engine, given, io);
  return { ...engine, flags: given };
}

function opened<Index extends AliasIndex>(
  { engine, close, flags }: OpenedEngine,
  makeIndex: (engine: Engine, flags: EngineFlags) => Index,
): OpenedIndex<Index> {
  const index = makeIndex(engine, flags);
  return {
    engine,
    index,
    alias: index.alias,
    data: flags.data,
    async close() {
      await index.close();
      await close();
    },
  };
}

function openFile(flags: EngineFlags, io: Io, readOnly: boolean): Opened {
  refuseFlags('embedded', flags);
  const warn = (text: string): void => {
    note(io, `suoyin: ${text}`);
  };
  const engine = embedded({ dataDir: flags.data, readOnly, warn });
  return { engine, close: () => Promise.resolve() };
}
