import { TEXT_CLAUSES_MAX } from '../../autocomplete/text/body.ts';
import { EDIT_EXPANSIONS } from '../../autocomplete/suggest/query-body.ts';
import { EngineError } from '../../errors.ts';
import { flatSettings } from '../flat-settings.ts';
import { clusterBlocked } from './blocks.ts';
import type { Cluster } from './cluster.ts';
import type { NotedIndex } from './index-notes.ts';
import { namesOf } from './names.ts';
import { type EngineRequest, objectOf } from './request.ts';
import { serverOf } from './server.ts';

// How index templates and settings of the cluster change a requested index.

/** Most hits that suoyin asks for in one request. */
const LEAST_WINDOW = 1000;

/** Most values in a filter of suoyin: the slots of a hash and their neighbours. */
const LEAST_TERMS = 272;

/** Most clauses of any request: names with a mistake are looked up by as many. */
const CLAUSES_MAX = Math.max(TEXT_CLAUSES_MAX, EDIT_EXPANSIONS);

/** An index as the server made it or would make it. */
type MadeIndex = Pick<NotedIndex, 'settings' | 'mappings' | 'aliases'>;

/** What templates have added that no index of suoyin can have, sorted. */
export function faultsOf(alias: string, { settings, mappings, aliases }: MadeIndex): string[] {
  const faults: string[] = [];
  const flat = flatSettings(settings.index);
  const pipeline = flat.get('final_pipeline') ?? '_none';
  if (pipeline !== '_none') {
    faults.push(`index.final_pipeline is ${pipeline}, which would change documents`);
  }
  const window = Number(flat.get('max_result_window') ?? LEAST_WINDOW);
  if (window < LEAST_WINDOW) {
    faults.push(`index.max_result_window is ${window}, under ${LEAST_WINDOW}`);
  }
  const terms = Number(flat.get('max_terms_count') ?? LEAST_TERMS);
  if (terms < LEAST_TERMS) faults.push(`index.max_terms_count is ${terms}, under ${LEAST_TERMS}`);
  for (const block of ['read_only', 'read_only_allow_delete', 'read', 'write', 'metadata']) {
    if (flat.get(`blocks.${block}`) === 'true') faults.push(`index.blocks.${block} is set`);
  }
  const { _routing: routing, _source: source } = mappings as {
    _routing?: { required?: boolean };
    _source?: { enabled?: boolean; includes?: string[]; excludes?: string[] };
  };
  if (routing?.required) faults.push('_routing is required');
  if (source?.enabled === false) faults.push('_source is not kept');
  const { includes = [], excludes = [] } = source ?? {};
  if (excludes.length > 0) faults.push(`_source leaves out ${excludes.join()}`);
  if (includes.length > 0) faults.push(`_source keeps only ${includes.join()}`);
  if (alias in aliases) faults.push(`it gets the alias ${alias} before it is complete`);
  return faults;
}

/** Whether a template allows fewer fields than an index has together with those that it adds. */
function fieldFaults({ settings, mappings }: MadeIndex, body: Record<string, unknown>): string[] {
  const limit = Number(flatSettings(settings.index).get('mapping.total_fields.limit') ?? Infinity);
  const { properties: added } = mappings as { properties?: object };
  const { properties: own } = (body['mappings'] ?? {}) as { properties?: object };
  const count = fieldsIn({ ...added, ...own });
  return count > limit ? [`index.mapping.total_fields.limit is ${limit}, under ${count}`] : [];
}

/** Number of fields, including objects, their fields, and multi-fields. */
function fieldsIn(properties: object): number {
  let count = 0;
  for (const field of Object.values(properties) as { properties?: object; fields?: object }[]) {
    count += 1 + fieldsIn(field.properties ?? {}) + fieldsIn(field.fields ?? {});
  }
  return count;
}

/** `CLUSTER_UNFIT` for what a template adds. */
export function unfitTemplate(faults: readonly string[]): EngineError {
  const what = `A template of this cluster makes the index unfit: ${faults.join('; ')}`;
  const hint = 'Leave the names of suoyin out in the index_patterns of that template.';
  return new EngineError('CLUSTER_UNFIT', what, hint);
}

/**
 * Checks templates, limits and blocks for a new generation, as far as permissions allow.
 *
 * @param body - Create-index body for the server.
 * @returns Features that the cluster lacks, in sentences.
 * @throws {EngineError} `CLUSTER_UNFIT`, `CLUSTER_BLOCKED`.
 */
export async function foresee(
  cluster: Cluster,
  alias: string,
  body: Record<string, unknown>,
): Promise<string[]> {
  const { serverless } = await serverOf(cluster);
  await refuseTemplates(cluster, alias, body);
  if (serverless) return [];
  const settings = await clusterSettings(cluster);
  if (settings === null) return [];
  refuseBlocks(settings, cluster.dialect.title);
  await refuseTooMany(cluster, body, settings);
  const notices: string[] = [];
  if (settings.get('search.allow_expensive_queries') === 'false') {
    notices.push(
      'search.allow_expensive_queries is false: suggest finds no names with a mistake in them, and pictures are not searched exactly',
    );
  }
  const { clauseLimit } = cluster.dialect;
  const clauses = clauseLimit === null ? Infinity : Number(settings.get(clauseLimit) ?? Infinity);
  if (clauses < CLAUSES_MAX) {
    notices.push(
      `${clauseLimit} is ${clauses}: search refuses long texts, which have up to ${TEXT_CLAUSES_MAX} clauses, and suggest may find no names with a mistake in them`,
    );
  }
  for (const key of ['script.allowed_types', 'script.allowed_contexts']) {
    if (!/\bnone\b/.test(String(settings.get(key)))) continue;
    notices.push(`${key} is none: pictures are not searched exactly`);
  }
  return notices;
}

/**
 * Checks what templates would add to a new generation, as far as permissions allow: once it exists, a block of theirs
 * may prevent it from being read or removed.
 *
 * @param body - Create-index body for the server.
 * @throws {EngineError} `CLUSTER_UNFIT`.
 */
export async function refuseTemplates(
  cluster: Cluster,
  alias: string,
  body: Record<string, unknown>,
): Promise<void> {
  const made = await simulated(cluster, namesOf(alias).generation(999_999));
  const faults = made === null ? [] : [...faultsOf(alias, made), ...fieldFaults(made, body)];
  if (faults.length > 0) throw unfitTemplate(faults);
}

/** What templates add to an index of this name; null without permission. */
async function simulated(cluster: Cluster, name: string): Promise<MadeIndex | null> {
  const answer = await ifAllowed(cluster, {
    method: 'POST',
    path: `/_index_template/_simulate_index/${name}`,
  });
  const { template } = (answer ?? {}) as { template?: Partial<MadeIndex> };
  if (!template) return null;
  const { settings = { index: {} }, mappings = {}, aliases = {} } = template;
  return { settings: { index: settings.index ?? {} }, mappings, aliases };
}

/** Settings of the cluster by name, with defaults; null without permission. */
async function clusterSettings(cluster: Cluster): Promise<Map<string, string> | null> {
  const answer = await ifAllowed(cluster, {
    method: 'GET',
    path: '/_cluster/settings',
    query: { include_defaults: true, flat_settings: true },
  });
  if (answer === null) return null;
  const { defaults, persistent, transient } = answer as Record<string, object | undefined>;
  return flatSettings({ ...defaults, ...persistent, ...transient });
}

async function ifAllowed(
  cluster: Cluster,
  request: EngineRequest,
): Promise<Record<string, unknown> | null> {
  const answer = await cluster.send({ ...request, expected: [400, 401, 403, 404, 405, 410] });
  return answer.status < 300 ? objectOf(answer) : null;
}

function refuseBlocks(settings: ReadonlyMap<string, string>, title: string): void {
  for (const block of ['create_index', 'read_only', 'read_only_allow_delete']) {
    const key = `cluster.blocks.${block}`;
    if (settings.get(key) === 'true') throw clusterBlocked(`${key} is set`, title);
  }
}

/** Throws if the limit of shards would make the server refuse a new index. */
async function refuseTooMany(
  { send }: Cluster,
  body: Record<string, unknown>,
  settings: ReadonlyMap<string, string>,
): Promise<void> {
  const perNode = Number(settings.get('cluster.max_shards_per_node') ?? Infinity);
  const health = objectOf(await send({ method: 'GET', path: '/_cluster/health' })) as Record<
    'active_shards' | 'unassigned_shards' | 'initializing_shards' | 'number_of_data_nodes',
    number
  >;
  const index = flatSettings(body['settings']);
  const numberOf = (key: string): number => Number(index.get(key) ?? 1);
  const asked = numberOf('number_of_shards') * (1 + numberOf('number_of_replicas'));
  const there = health.active_shards + health.unassigned_shards + health.initializing_shards;
  const most = perNode * health.number_of_data_nodes;
  if (there + asked <= most) return;
  const what = `The cluster has ${there} of at most ${most} shards, and a new generation needs ${asked}`;
  const hint =
    'Drop indexes, ask for fewer shards or replicas, or raise cluster.max_shards_per_node.';
  throw new EngineError('CLUSTER_UNFIT', what, hint);
}
