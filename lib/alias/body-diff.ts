import { flatSettings, isTree, text, type Tree } from '../engines/flat-settings.ts';

/** One difference between the body that an index has and the one that it should have. */
export interface BodyChange {
  /** `settings.index.refresh_interval`, `mappings.properties.keys.properties.name`. */
  path: string;
  /** How to make the change: a call on the live index, or a new generation. */
  needs: 'put-mapping' | 'dynamic-setting' | 'rebuild';
  reason: string;
}

/** Settings that can be changed on a live index. */
const DYNAMIC: ReadonlySet<string> = new Set([
  'number_of_replicas',
  'refresh_interval',
  'auto_expand_replicas',
  'max_result_window',
  'gc_deletes',
  'knn.algo_param.ef_search',
]);

/** Parts of a field that a put-mapping request can change. */
const DYNAMIC_FIELD: ReadonlySet<string> = new Set(['ignore_above', 'search_analyzer', 'boost']);

/**
 * The changes that turn an index with body `have` into one with body `want`, sorted by path.
 *
 * A new field needs a rebuild: it could be added to the mapping, but no document would have it. A
 * field that is gone does no harm and needs nothing. Settings that `want` does not name are left to
 * the cluster.
 */
export function diffBodies(
  have: Readonly<Record<string, unknown>>,
  want: Readonly<Record<string, unknown>>,
): BodyChange[] {
  const changes: BodyChange[] = [];
  const haveSettings = flatSettings(have['settings']);
  for (const [key, value] of flatSettings(want['settings'])) {
    const there = haveSettings.get(key);
    if (there === value) continue;
    const needs = DYNAMIC.has(key) ? 'dynamic-setting' : 'rebuild';
    const reason = `${key} is ${there ?? 'not set'} and should be ${value}`;
    changes.push({ path: `settings.index.${key}`, needs, reason });
  }
  diffMappings(tree(have['mappings']), tree(want['mappings']), 'mappings', changes);
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function diffMappings(have: Tree, want: Tree, path: string, changes: BodyChange[]): void {
  const add = (at: string, needs: BodyChange['needs'], reason: string): void => {
    changes.push({ path: at, needs, reason });
  };
  for (const key of comparedKeys(have, want)) {
    const [there, wanted] = [partOf(have, key), partOf(want, key)];
    const at = `${path}.${key}`;
    if (key === 'properties' || key === 'fields') {
      for (const [field, definition] of Object.entries(tree(wanted))) {
        const known = tree(there)[field];
        if (known === undefined) add(`${at}.${field}`, 'rebuild', 'new field: documents lack it');
        else diffMappings(tree(known), tree(definition), `${at}.${field}`, changes);
      }
    } else if (key === '_meta') {
      if (text(tree(there)['schema_version']) !== text(tree(wanted)['schema_version'])) {
        add(
          at,
          'rebuild',
          `documents are made by schema ${text(tree(wanted)['schema_version'])} now`,
        );
      }
    } else if (isTree(there) && isTree(wanted)) {
      diffMappings(there, wanted, at, changes);
    } else if (text(there) !== text(wanted) && !isDefault(key, there, wanted)) {
      const needs = DYNAMIC_FIELD.has(key) || key === 'dynamic' ? 'put-mapping' : 'rebuild';
      add(at, needs, `${key} is ${text(there)} and should be ${text(wanted)}`);
    }
  }
}

/**
 * The keys to compare of a part. What an index template adds to an object (`dynamic_templates`,
 * `date_detection`) is no change; a field it replaces as a whole.
 */
function comparedKeys(have: Tree, want: Tree): Iterable<string> {
  const isObject = 'properties' in want || 'dynamic' in want;
  return new Set([...(isObject ? [] : Object.keys(have)), ...Object.keys(want)]);
}

/** A search analyzer equal to the analyzer counts as none. */
function partOf(field: Tree, key: string): unknown {
  const value = field[key];
  return key === 'search_analyzer' && value === field['analyzer'] ? undefined : value;
}

/** Defaults that OpenSearch leaves out when it returns a mapping. */
const DEFAULTS: Readonly<Record<string, string>> = { type: 'object', data_type: 'float' };

function isDefault(key: string, there: unknown, wanted: unknown): boolean {
  return (
    key in DEFAULTS &&
    [there, wanted].every((value) => value === undefined || value === DEFAULTS[key])
  );
}

function tree(value: unknown): Tree {
  return isTree(value) ? value : {};
}
