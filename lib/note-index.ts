import { AliasIndex } from './alias/alias-index.ts';
import { WRITE_SPEC, type WriteOptions } from './alias/versions.ts';
import { aliasState } from './alias/generations.ts';
import type { ShardNumbers } from './alias/shard-numbers.ts';
import { type Dictionaries, loadDictionaries } from './autocomplete/dictionaries.ts';
import { ALIAS_OPTION } from './engines/alias.ts';
import type { Engine, WriteOutcome } from './engines/engine.ts';
import { featureNameOf, indexOther } from './engines/feature.ts';
import { NOTES } from './engines/notes.ts';
import { OptionError, quoteValue } from './errors.ts';
import {
  type NoteAnswer,
  answerNotes,
  type NoteLookUps,
  type SearchedNote,
} from './notes/answer.ts';
import { type NoteContext, type NoteDocument, toNoteDocument } from './notes/document.ts';
import { likeness, LIKE_SPEC, type LikeOptions } from './notes/like.ts';
import { NOTE_MAPPING_SPEC, noteMapping, type NoteMappingOptions } from './notes/mapping.ts';
import { type CheckedNote, type Note, readNote } from './notes/note.ts';
import { NOTE_QUERY_SPEC, type NoteQueryOptions } from './notes/query.ts';
import { SNIPPET_SPEC, type SnippetOptions } from './autocomplete/long-text/snippets.ts';
import { ListedFaults } from './listed-faults.ts';
import {
  checkOptions,
  defined,
  NOW,
  OPTION_INVALID,
  partOf,
  settle,
  type Spec,
} from './options.ts';
import {
  CALL_OPTIONS,
  type CallOptions,
  type Counted,
  type CountOptions,
  type LookUpOptions,
  type Markable,
  markingPartial,
} from './partial.ts';
import {
  NOTE_ADD_SPEC,
  type NoteAddOptions,
  type NoteAddResult,
  takeIn,
} from './rebuild/take-in.ts';
import { IMAGE_RUN_SPEC, type ImageRunOptions } from './rebuild/options.ts';
import { type NoteRebuildResult, rebuildNotes } from './rebuild/notes.ts';
import { pauses } from './turns.ts';
import { type FoundNote, readNoteFiles } from './source/note-files.ts';

/** Where an index of notes lives. */
export interface NoteIndexOptions {
  /** The name that queries use. Default `notes`. */
  alias?: string;
  /** Of new generations, on a cluster; an embedded file has no shards. */
  mapping?: NoteMappingOptions;
  /** Milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
}

/** Options of `NoteIndex`. */
export const NOTE_INDEX_SPEC: Spec<NoteIndexOptions, 'alias'> = {
  code: OPTION_INVALID,
  options: {
    alias: { ...ALIAS_OPTION, default: 'notes' },
    mapping: { type: 'object', spec: NOTE_MAPPING_SPEC, help: 'of new generations, on a cluster' },
    now: NOW,
  },
};

/** Options of `NoteIndex.search`. */
export interface NoteSearchOptions extends NoteQueryOptions, SnippetOptions, CallOptions {}

/** Options of `NoteIndex.search`. */
export const NOTE_SEARCH_SPEC: Spec<
  NoteSearchOptions,
  'from' | 'limit' | 'fragments' | 'fragmentLength'
> = {
  code: OPTION_INVALID,
  options: { ...NOTE_QUERY_SPEC.options, ...SNIPPET_SPEC.options, ...CALL_OPTIONS },
};

/** Changes whenever the same note would become a different document. */
const FORM = 'notes 2';

/**
 * Notes, articles and descriptions of any length that are found by their text, in Chinese,
 * Japanese and other languages, on an engine.
 *
 * @example
 * const index = new NoteIndex(embedded({ dataDir: './data' }));
 * await index.add(['notes/']);
 * const { notes } = await index.search('賞櫻 親子');
 * // notes[0] => { id: '…', title: '陽明山', fragments: [{ text: '…親子賞櫻…', highlights: [[2, 4]] }], … }
 * await index.close();
 */
export class NoteIndex extends AliasIndex {
  readonly #mapping: NoteMappingOptions;
  #isKnown = false;
  #loaded: Promise<Dictionaries> | null = null;

  /**
   * @param engine - May serve several indexes; closed by `close` of the last one.
   * @throws {OptionError} `ALIAS_INVALID`; here and below `OPTION_UNKNOWN`.
   */
  constructor(engine: Engine, options: NoteIndexOptions = {}) {
    const { alias, mapping, now } = settle(NOTE_INDEX_SPEC, options);
    super(engine, alias, now);
    this.#mapping = defined(mapping ?? {});
  }

  /**
   * Makes the index where there is none. The first write does it too.
   *
   * @throws {EngineError} `INDEX_OTHER` where the alias names an index of something else.
   */
  async open(): Promise<void> {
    this.refuseClosed();
    while (!(await this.#isThere())) await this.begin();
  }

  /**
   * Adds notes, or replaces those of their ids. A rebuild that runs meanwhile keeps them.
   *
   * @returns An outcome for each note, in order. A version that is not the newest has the outcome
   * 409.
   * @throws {RecordError} `NOTE_INVALID`, `NOTE_TOO_LONG`, `NOTE_EMPTY`: nothing was written. All
   * bad notes and all
   *   their faults are in `faults`, each with its index, `at`.
   */
  async put(notes: readonly Note[], options: WriteOptions = {}): Promise<WriteOutcome[]> {
    checkOptions(WRITE_SPEC, options);
    const faults = new ListedFaults();
    const checked = notes.flatMap((note, i) => faults.attempt(i, () => readNote(note)) ?? []);
    faults.throwAny(notes.length);
    const { context } = await this.#dictionaries();
    return this.#write(
      checked.map((note) => toNoteDocument(note, context)),
      options,
    );
  }

  /**
   * Takes in notes of files and folders (Markdown, plain text, JSON lines), or any that are given.
   * The same text is one note in whatever file it is, and remains the same note if the file is
   * moved. A file whose text has changed gets a new note; the old one is removed. Unchanged notes
   * are not written again.
   *
   * @param from - Names of files and folders, or what `readNoteFiles` yields.
   * @returns Counts of everything that was found; what could not be read is in `faults`.
   */
  async add(
    from: readonly string[] | AsyncIterable<FoundNote>,
    options: NoteAddOptions = {},
  ): Promise<NoteAddResult> {
    const asked = settle(NOTE_ADD_SPEC, options);
    const isNames = Array.isArray(from);
    if (asked.prune && !isNames) {
      const what = 'prune needs names of folders';
      throw new OptionError(OPTION_INVALID, what, 'Give the folders, or leave prune out.');
    }
    await this.open();
    const { context, warnings } = await this.#dictionaries();
    const found = isNames
      ? readNoteFiles(from as readonly string[])
      : (from as AsyncIterable<FoundNote>);
    const remake = (note: CheckedNote): NoteDocument => toNoteDocument(note, context);
    const into = {
      engine: this.engine,
      alias: this.alias,
      remake,
      write: (documents: readonly NoteDocument[]) => this.#write(documents, {}),
      remove: (ids: readonly string[]) => this.delete(ids),
    };
    const folders = isNames ? (from as readonly string[]) : [];
    return takeIn(found, into, { ...asked, folders, warnings });
  }

  /** Removes notes; an unknown id has the outcome 404. */
  async delete(ids: readonly string[], options: WriteOptions = {}): Promise<WriteOutcome[]> {
    checkOptions(WRITE_SPEC, options);
    await this.open();
    return this.deleteDocuments(ids, options);
  }

  /**
   * Notes for a text, best first: BM25 over words and pairs of characters, and what stands together, in the title,
   * or is its reading.
   *
   * @param text - Anything; blank text finds nothing, of long text only the beginning is looked at.
   * @returns `total` counts up to 200 notes, `more` where there may be others.
   * @throws {OptionError} `FROM_INVALID`, `LIMIT_INVALID`, `OPTION_INVALID`.
   * @throws {EngineError} `INDEX_NOT_FOUND` before the first note.
   */
  async search(text: string, options: NoteSearchOptions = {}): Promise<Markable<NoteAnswer>> {
    checkOptions(NOTE_SEARCH_SPEC, options);
    const { signal, allowPartial, ...asked } = options;
    const { context } = await this.#dictionaries();
    signal?.throwIfAborted();
    return markingPartial(defined({ signal, allowPartial }), (how) =>
      answerNotes(text, asked, context, this.#lookUps(how)),
    );
  }

  /**
   * Notes on the same subject as one, most similar first.
   *
   * @throws {OptionError} `NOTE_UNKNOWN`, `LIMIT_INVALID`.
   */
  async like(id: string, options: LikeOptions = {}): Promise<Markable<SearchedNote[]>> {
    const { signal, allowPartial, ...asked } = settle(LIKE_SPEC, options);
    const note = await this.get(id);
    if (!note) {
      const what = `There is no note ${quoteValue(id)}`;
      throw new OptionError('NOTE_UNKNOWN', what, 'Give the id of a note.');
    }
    return markingPartial(defined({ signal, allowPartial }), (how) =>
      likeness(note, asked, this.#lookUps(how)),
    );
  }

  /** The document of a note, null where there is none. */
  async get(id: string): Promise<NoteDocument | null> {
    return this.engine.get<NoteDocument>(this.alias, id);
  }

  /** Number of notes. */
  count(): Promise<number>;
  count(options: { allowPartial: true }): Promise<Counted>;
  count(options: CountOptions = {}): Promise<number | Counted> {
    return this.counted(options);
  }

  /** Every note, in order of id. */
  async *scan(): AsyncIterable<NoteDocument> {
    yield* this.engine.scan<NoteDocument>(this.alias);
  }

  /**
   * Makes every document anew in a new generation and moves the alias to it, while queries go on.
   *
   * @throws {RebuildError} See `rebuildNotes`.
   */
  async rebuild(options: ImageRunOptions = {}): Promise<NoteRebuildResult> {
    checkOptions(IMAGE_RUN_SPEC, options);
    const { context } = await this.#dictionaries();
    const digest = `${FORM} ${Object.keys(context).sort().join(' ')}`;
    const form = { digest, remake: (document: NoteDocument) => remade(document, context) };
    const indexBodyWith = (kept: ShardNumbers): Record<string, unknown> => this.indexBodyWith(kept);
    return rebuildNotes(this.engine, this.alias, { indexBodyWith, form }, options);
  }

  protected indexBodyWith(kept: ShardNumbers): Record<string, unknown> {
    return { ...noteMapping({ ...kept, ...this.#mapping }) };
  }

  async #write(documents: readonly NoteDocument[], options: WriteOptions): Promise<WriteOutcome[]> {
    await this.open();
    return this.writeDocuments(documents, partOf(WRITE_SPEC, options));
  }

  #lookUps(how: LookUpOptions): NoteLookUps {
    const { engine, alias } = this;
    return {
      find: (search) => engine.findNotes(alias, search, how),
      count: (terms) => engine.countNotes(alias, terms, how),
      pause: pauses(how.signal),
    };
  }

  /**
   * Both dictionaries, which a note in two languages needs. Without one, its texts are found by
   * pairs of characters.
   */
  #dictionaries(): Promise<Dictionaries> {
    return (this.#loaded ??= loadDictionaries({ chinese: true, japanese: true }));
  }

  async #isThere(): Promise<boolean> {
    if (this.#isKnown) return true;
    const live = await aliasState(this.engine, this.alias);
    if (live === null) return false;
    const feature = featureNameOf(await this.engine.indexBodyOf(live.generation));
    if (feature !== NOTES.name) throw indexOther(this.alias, NOTES);
    return (this.#isKnown = true);
  }
}

/** The document of the same note as this version makes it. */
function remade(document: NoteDocument, context: NoteContext): NoteDocument {
  const { id, title, body, tags, time = null, sources, language = null } = document;
  return toNoteDocument({ id, title, body, tags, time, sources, language }, context);
}
