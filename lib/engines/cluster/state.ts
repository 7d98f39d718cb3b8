import { createHash } from 'node:crypto';
import { EngineError } from '../../errors.ts';
import { checkAlias } from '../alias.ts';
import type { State, StateEntry } from '../engine.ts';
import type { Cluster } from './cluster.ts';
import { namesOf } from './names.ts';
import { type EngineRequest, type EngineResponse, errorReason, objectOf } from './request.ts';
import { fitServer } from './probe.ts';
import { takenSettings } from './server.ts';

/** One shard of small entries, only ever got by id or listed by key. */
const STATE_BODY = {
  settings: {
    index: { number_of_shards: 1, auto_expand_replicas: '0-1', hidden: true },
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

/** Revision of an entry that was removed, which no entry ever has. */
const GONE = 'gone';

/** Attempts at a write whose answers are lost. */
const UNKNOWN_TRIES = 3;

/** Entries that a listing brings at once. */
const PAGE = 1000;

/** The state of aliases, each in an index of its own. */
export function stateIn(cluster: Cluster): State {
  return {
    readState: (alias, key) => readEntry(cluster, alias, key),
    writeState: (alias, key, value, expected) =>
      writeEntry(cluster, alias, { key, value, expected }),
    listState: (alias, prefix) => listEntries(cluster, alias, prefix),
  };
}

/**
 * Makes the index of an alias's state. Where the alias itself is not there yet, the new index
 * carries a marker alias, which the first swap takes away: so exactly one first swap succeeds.
 */
export async function ensureState(cluster: Cluster, alias: string): Promise<void> {
  checkAlias(alias);
  if (cluster.known.states.has(alias)) return;
  const { state, unset } = namesOf(alias);
  const found = await cluster.send({ method: 'HEAD', path: `/${state}`, expected: [404] });
  if (found.status === 404) {
    const live = await cluster.send({ method: 'HEAD', path: `/_alias/${alias}`, expected: [404] });
    const aliases = live.status === 404 ? { [unset]: { is_hidden: true } } : {};
    const { settings, mappings } = STATE_BODY;
    const index = takenSettings(await fitServer(cluster), settings.index);
    const created = await cluster.send({
      method: 'PUT',
      path: `/${state}`,
      body: { settings: { index }, mappings, aliases },
      expected: [400],
    });
    const reason = errorReason(created);
    if (created.status === 400 && !reason.includes('resource_already_exists')) {
      const hint = 'The state of the alias is kept in that index.';
      throw new EngineError('ENGINE_FAILED', `${state} can't be made: ${reason}`, hint);
    }
  }
  cluster.known.states.add(alias);
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
  tries = UNKNOWN_TRIES,
): Promise<string | null> {
  await ensureState(cluster, alias);
  const there = expected === undefined ? await readEntry(cluster, alias, key) : null;
  const revision = expected === undefined ? (there?.revision ?? null) : expected;
  if (value === null && revision === null) return GONE;
  if (revision === GONE) return null;
  const [seqNo = '', term = ''] = revision?.split(':') ?? [];
  // Not repeatable: a repeated compare-and-swap fails where its first try came through.
  const response = await attempt(cluster, tries === 1, {
    method: value === null ? 'DELETE' : 'PUT',
    path: `/${namesOf(alias).state}/_doc/${idOf(key)}`,
    query: revision === null ? { op_type: 'create' } : { if_seq_no: seqNo, if_primary_term: term },
    ...(value === null ? {} : { body: { key, value: JSON.stringify(value) } }),
    expected: [404, 409],
    repeatable: false,
  });
  if (response === null) {
    const now = await readEntry(cluster, alias, key);
    const arrived = JSON.stringify(now?.value ?? null) === JSON.stringify(value);
    if (arrived) return now?.revision ?? GONE;
    return writeEntry(cluster, alias, { key, value, expected }, tries - 1);
  }
  if (response.status === 404 || response.status === 409) {
    // Somebody was faster; where that does not matter, once more.
    return expected === undefined ? writeEntry(cluster, alias, { key, value, expected }) : null;
  }
  const stored = objectOf(response);
  return `${String(stored['_seq_no'])}:${String(stored['_primary_term'])}`;
}

async function listEntries(cluster: Cluster, alias: string, prefix: string): Promise<StateEntry[]> {
  const { state } = namesOf(alias);
  await cluster.send({ method: 'POST', path: `/${state}/_refresh`, expected: [404] });
  const entries: StateEntry[] = [];
  for (let after: unknown[] | undefined; ;) {
    const response = await cluster.send({
      method: 'POST',
      path: `/${state}/_search`,
      query: { ignore_unavailable: true },
      body: {
        size: PAGE,
        query: { prefix: { key: prefix } },
        sort: [{ key: 'asc' }],
        seq_no_primary_term: true,
        ...(after ? { search_after: after } : {}),
      },
    });
    const { hits } = (objectOf(response)['hits'] ?? { hits: [] }) as {
      hits: (Stored & { sort: unknown[] })[];
    };
    entries.push(...hits.map(entryOf));
    if (hits.length < PAGE) return entries;
    after = hits.at(-1)!.sort;
  }
}

/** Null where nobody knows whether the request came through, unless it is the last attempt. */
async function attempt(
  cluster: Cluster,
  isLast: boolean,
  request: EngineRequest,
): Promise<EngineResponse | null> {
  try {
    return await cluster.send(request);
  } catch (error) {
    if (!isLast && error instanceof EngineError && error.code === 'ENGINE_UNREACHABLE') return null;
    throw error;
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
