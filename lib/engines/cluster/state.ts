import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { backOffMs, random } from '../../back-off.ts';
import { steadyClock } from '../../clock.ts';
import { EngineError } from '../../errors.ts';
import { checkAlias } from '../alias.ts';
import type { State, StateEntry } from '../engine.ts';
import type { Cluster } from './cluster.ts';
import { moreTelling } from './failures.ts';
import { namesOf, stateAliasOf } from './names.ts';
import { type EngineRequest, type EngineResponse, errorReason, objectOf } from './request.ts';
import { fitServer } from './probe.ts';
import { takenSettings } from './server.ts';
import { checkWhole, sendSearch } from './whole.ts';

/** One shard of small entries, which are only read by id or listed by key. */
const STATE_BODY = {
  settings: {
    index: {
      number_of_shards: 1,
      auto_expand_replicas: '0-1',
      hidden: true,
      // Set whatever a template has: no ingest pipeline, and a window for pages of a listing.
      default_pipeline: '_none',
      final_pipeline: '_none',
      max_result_window: 10_000,
    },
  },
  mappings: {
    dynamic: 'strict',
    _meta: { made_by: 'suoyin', content: 'state' },
    properties: {
      key: { type: 'keyword' },
      value: { type: 'keyword', index: false, doc_values: false },
    },
  },
};

/** Stands for the revision of a removed entry; no entry has it. */
const GONE = 'gone';

/**
 * Milliseconds for which a write is retried if its answer is lost or its shard unavailable, as after nodes came back.
 * At most `retryBudgetMs`.
 */
const UNKNOWN_MS = 60_000;

/**
 * How long a server waits for a shard. Its default of a minute exceeds the timeout of clients, which would hide the
 * reason; and it only looks again when the cluster state changes, while a new request sees what is there.
 */
const SHARD_TIMEOUT = '10s';

/** How often the index is made again for one write, if something keeps deleting it. */
const MAKE_TRIES = 3;

/** Back-off in milliseconds after a lost race. */
const PAUSE = { baseDelayMs: 20, maxDelayMs: 500, random };

/** Back-off in milliseconds after a lost answer. */
const UNKNOWN_PAUSE = { baseDelayMs: 200, maxDelayMs: 2000, random };

/** Entries per page of a listing. */
const PAGE = 1000;

/** The highest code point. */
const LAST = '\u{10ffff}';

/** The state of aliases, each in its own index. */
export function stateIn(cluster: Cluster): State {
  return {
    readState: (alias, key) => readEntry(cluster, alias, key),
    writeState: (alias, key, value, expected) =>
      writeEntry(cluster, alias, { key, value, expected }),
    listState: (alias, prefix) => listEntries(cluster, alias, prefix),
  };
}

/**
 * Makes the state index of an alias, or checks the existing one. If the alias does not exist yet, a
 * new state index gets a marker alias. The first swap removes the marker, so exactly one first swap
 * succeeds. Writes go through an alias, so that a write never creates the index.
 *
 * @throws {EngineError} `STATE_FOREIGN` for an index with that name that suoyin did not make.
 */
export async function ensureState(cluster: Cluster, alias: string): Promise<void> {
  checkAlias(alias);
  if (cluster.known.states.has(alias)) return;
  const { state } = namesOf(alias);
  const found = await stateIndex(cluster, state);
  if (found === null) {
    await makeState(cluster, alias);
    const made = await stateIndex(cluster, state);
    await checkState(cluster, state, made);
    await dropAliases(cluster, alias, Object.keys(made?.aliases ?? {}));
  } else await checkState(cluster, state, found);
  cluster.known.states.add(alias);
}

/** The part of a state index that is checked. */
interface StateIndex {
  aliases?: Record<string, unknown>;
  mappings?: { _meta?: { made_by?: unknown; content?: unknown } };
}

async function stateIndex(cluster: Cluster, state: string): Promise<StateIndex | null> {
  const query = { filter_path: '*.aliases,*.mappings._meta' };
  const found = await cluster.send({ method: 'GET', path: `/${state}`, query, expected: [404] });
  if (found.status === 404) return null;
  return objectOf(found)[state] ?? {};
}

async function makeState(cluster: Cluster, alias: string): Promise<void> {
  const { state, stateAlias, unset } = namesOf(alias);
  const live = await cluster.send({ method: 'HEAD', path: `/_alias/${alias}`, expected: [404] });
  const marker = live.status === 404 ? { [unset]: { is_hidden: true } } : {};
  const { settings, mappings } = STATE_BODY;
  const index = takenSettings(await fitServer(cluster), settings.index);
  const created = await cluster.send({
    method: 'PUT',
    path: `/${state}`,
    body: {
      settings: { index },
      mappings,
      aliases: { ...marker, [stateAlias]: { is_hidden: true } },
    },
    expected: [400],
  });
  const reason = errorReason(created);
  if (created.status === 400 && !reason.includes('resource_already_exists')) {
    const hint = 'The state of the alias is kept in that index.';
    throw new EngineError('ENGINE_FAILED', `${state} can't be made: ${reason}`, hint);
  }
}

/**
 * An index that the cluster created from a document has a mapping in which entries can't be found.
 */
async function checkState(
  cluster: Cluster,
  state: string,
  found: StateIndex | null,
): Promise<void> {
  const { made_by: by, content } = found?.mappings?._meta ?? {};
  if (by !== 'suoyin' || content !== 'state') {
    const hint = `Delete it (DELETE /${state}) and run again, or use another alias: it holds leases and checkpoints, no documents.`;
    throw new EngineError('STATE_FOREIGN', `The index ${state} was not made by suoyin`, hint);
  }
  const alias = stateAliasOf(state);
  if (alias in (found?.aliases ?? {})) return;
  // The index was made by an older version.
  const add = { index: state, alias, is_hidden: true };
  await cluster.send({ method: 'POST', path: '/_aliases', body: { actions: [{ add }] } });
}

/** Removes aliases from templates: searches through them must not find entries. */
async function dropAliases(
  cluster: Cluster,
  alias: string,
  found: readonly string[],
): Promise<void> {
  const { state: index, stateAlias, unset } = namesOf(alias);
  const actions = found
    .filter((name) => name !== stateAlias && name !== unset)
    .map((name) => ({ remove: { index, alias: name, must_exist: false } }));
  if (actions.length === 0) return;
  await cluster.send({ method: 'POST', path: '/_aliases', body: { actions } });
}

async function readEntry(cluster: Cluster, alias: string, key: string): Promise<StateEntry | null> {
  const { state } = namesOf(alias);
  const path = `/${state}/_doc/${idOf(key)}`;
  const response = await cluster.send({ method: 'GET', path, expected: [404] });
  if (response.status === 404) return null;
  return entryOf(objectOf(response) as unknown as Stored);
}

/** A write of an entry; `expected` as in `State.writeState`. */
interface EntryWrite {
  key: string;
  value: unknown;
  expected: string | null | undefined;
}

async function writeEntry(
  cluster: Cluster,
  alias: string,
  { key, value, expected }: EntryWrite,
  retrying: Retrying = { until: lastTry(cluster), tries: 0, made: 0, said: null },
): Promise<string | null> {
  const { tries, made } = retrying;
  await ensureState(cluster, alias);
  const there = expected === undefined ? await readEntry(cluster, alias, key) : null;
  const revision = expected === undefined ? (there?.revision ?? null) : expected;
  if (value === null && revision === null) return GONE;
  if (revision === GONE) return null;
  const [seqNo = '', term = ''] = revision?.split(':') ?? [];
  // Not repeatable: a repeated compare-and-swap fails if its first attempt succeeded.
  const response = await attempt(cluster, retrying, {
    method: value === null ? 'DELETE' : 'PUT',
    path: `/${namesOf(alias).stateAlias}/_doc/${idOf(key)}`,
    query: {
      timeout: SHARD_TIMEOUT,
      ...(revision === null ? { op_type: 'create' } : { if_seq_no: seqNo, if_primary_term: term }),
      ...(value === null ? {} : { require_alias: true, pipeline: '_none' }),
    },
    ...(value === null ? {} : { body: { key, value: JSON.stringify(value) } }),
    expected: [404, 409],
    repeatable: false,
  });
  if (response === null) {
    const now = await readEntry(cluster, alias, key).catch((error: unknown) => {
      throw moreTelling(retrying.said, error as Error);
    });
    const arrived = JSON.stringify(now?.value ?? null) === JSON.stringify(value);
    if (arrived) return now?.revision ?? GONE;
    await delay(backOffMs(tries + 1, UNKNOWN_PAUSE));
    const next = { ...retrying, tries: tries + 1 };
    return writeEntry(cluster, alias, { key, value, expected }, next);
  }
  if (response.status === 404 && errorReason(response).includes('index_not_found')) {
    // The index was deleted. It is made again, without its former entries.
    if (made === MAKE_TRIES) throw stateGone(namesOf(alias).state);
    cluster.known.states.delete(alias);
    await delay(backOffMs(made + 1, PAUSE));
    const next = { ...retrying, made: made + 1 };
    return writeEntry(cluster, alias, { key, value, expected }, next);
  }
  if (response.status === 404 || response.status === 409) {
    await delay(backOffMs(1, PAUSE));
    // Another write was faster; if the revision does not matter, try again.
    return expected === undefined
      ? writeEntry(cluster, alias, { key, value, expected }, retrying)
      : null;
  }
  const stored = objectOf(response);
  return `${String(stored['_seq_no'])}:${String(stored['_primary_term'])}`;
}

async function listEntries(cluster: Cluster, alias: string, prefix: string): Promise<StateEntry[]> {
  const { state } = namesOf(alias);
  await cluster.send({ method: 'POST', path: `/${state}/_refresh`, expected: [404] });
  const entries: StateEntry[] = [];
  // In order of key, from just before the first, since a `prefix` query counts as expensive and
  // may be forbidden.
  for (let after: unknown[] | null = beforePrefix(prefix); ;) {
    const answer = await sendSearch(cluster, {
      method: 'POST',
      path: `/${state}/_search`,
      query: { ignore_unavailable: true },
      body: {
        size: PAGE,
        sort: [{ key: 'asc' }],
        seq_no_primary_term: true,
        ...(after ? { search_after: after } : {}),
      },
    });
    checkWhole(answer, state);
    const { hits } = (answer['hits'] ?? { hits: [] }) as {
      hits: (Stored & { sort: unknown[] })[];
    };
    const found = hits.filter(({ _source }) => _source.key.startsWith(prefix));
    entries.push(...found.map(entryOf));
    if (found.length < PAGE) return entries;
    after = hits.at(-1)!.sort;
  }
}

/** Sort value of the last key before all keys with a prefix; null for the empty prefix. */
function beforePrefix(prefix: string): [string] | null {
  if (prefix === '') return null;
  const last = prefix.length - 1;
  return [`${prefix.slice(0, last)}${String.fromCharCode(prefix.charCodeAt(last) - 1)}${LAST}`];
}

function stateGone(state: string): EngineError {
  const hint = `Find out what deletes ${state}, such as a clean-up by pattern, and exclude it there.`;
  return new EngineError('ENGINE_FAILED', `${state} is deleted again and again`, hint);
}

/** Time of the steady clock after which a write is not retried. */
function lastTry({ retries: { retryBudgetMs = UNKNOWN_MS } }: Cluster): number {
  return steadyClock() + Math.min(retryBudgetMs, UNKNOWN_MS);
}

/** How often and how long one write has been retried. */
interface Retrying {
  /** Time of the steady clock. */
  until: number;
  tries: number;
  /** How often the index was made again. */
  made: number;
  /** The failure that tells most so far. */
  said: Error | null;
}

/** Null if it is unknown whether the request was executed; the last attempt throws instead. */
async function attempt(
  cluster: Cluster,
  retrying: Retrying,
  request: EngineRequest,
): Promise<EngineResponse | null> {
  try {
    return await cluster.send(request);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'ENGINE_UNREACHABLE') throw error;
    retrying.said = moreTelling(retrying.said, error);
    if (steadyClock() < retrying.until) return null;
    throw retrying.said;
  }
}

interface Stored {
  _seq_no: number;
  _primary_term: number;
  _source: { key: string; value: string };
}

function entryOf({ _seq_no, _primary_term, _source: { key, value } }: Stored): StateEntry {
  return { key, value: JSON.parse(value) as unknown, revision: `${_seq_no}:${_primary_term}` };
}

function idOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 40);
}
