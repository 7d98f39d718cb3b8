import type { PlaceFilter, TextTerm } from '../../autocomplete/searches.ts';
import { filterConditions } from './place-search.ts';
import type { Database } from './sqlite.ts';
import { LETTERS } from './text-tables.ts';

/** Most places of terms that are kept; each takes 4 bytes. */
const KEPT = 1_000_000;
/** Places that are looked up at a time to see which lie in a box. */
const BOX_STEP = 1000;

/** The places of a generation that some term has, by numbers from 0. */
class Places {
  readonly ranks: number[] = [];
  readonly docs: number[] = [];
  readonly areas: number[] = [];
  /** Country and kind of each, by their number. */
  readonly groups: number[] = [];
  readonly #byRank = new Map<number, number>();
  readonly #byGroup = new Map<string, number>();

  numberOf([rank, doc, area, group]: readonly [number, number, number, string]): number {
    const known = this.#byRank.get(rank);
    if (known !== undefined) return known;
    let at = this.#byGroup.get(group);
    if (at === undefined) this.#byGroup.set(group, (at = this.#byGroup.size));
    this.docs.push(doc);
    this.areas.push(area);
    this.groups.push(at);
    const number = this.ranks.push(rank) - 1;
    this.#byRank.set(rank, number);
    return number;
  }

  /** Which groups a filter lets pass; null: all. */
  passing({ countries, kinds }: PlaceFilter): Uint8Array | null {
    if (!countries && !kinds) return null;
    const passing = new Uint8Array(this.#byGroup.size);
    for (const [group, at] of this.#byGroup) {
      const [country, kind] = group.split(' ') as [string, never];
      const fits = (!countries || countries.includes(country)) && (!kinds || kinds.includes(kind));
      passing[at] = fits ? 1 : 0;
    }
    return passing;
  }
}

/**
 * Places of terms, kept until the file is written: a search with terms that thousands of places
 * have costs as little as any other.
 */
export class TermLists {
  readonly #generations = new Map<number, Places>();
  readonly #lists = new Map<string, Int32Array>();
  #kept = 0;

  clear(): void {
    this.#generations.clear();
    this.#lists.clear();
    this.#kept = 0;
  }

  /** Numbers of the documents that have any of the terms, highest weight first, then by rank. */
  best(
    database: Database,
    number: number,
    search: { terms: readonly TextTerm[]; limit: number; filter: PlaceFilter },
  ): number[] {
    const { terms, limit, filter } = search;
    let places = this.#generations.get(number);
    if (!places) this.#generations.set(number, (places = new Places()));
    const own: [Int32Array, number][] = [];
    const areas: [string, number][] = [];
    for (const { field, value, weight } of terms) {
      if (field === 'within') areas.push([value, weight]);
      else own.push([this.#placesOf(database, number, LETTERS[field] + value), weight]);
    }
    const around = new Map(weightsOfAreas(database, number, areas));
    const weighed = weigh(places, own, around);
    const found = top(places, weighed, {
      limit,
      passing: places.passing(filter),
      inBox: boxOf(database, number, filter),
    });
    return found.map((n) => places.docs[n]!);
  }

  #placesOf(database: Database, number: number, term: string): Int32Array {
    const key = `${number} ${term}`;
    const known = this.#lists.get(key);
    if (known) return known;
    const places = this.#generations.get(number)!;
    const [ranks, docs, areas, groups] = database
      .sql(
        `select json_group_array(t.rank), json_group_array(a.doc), json_group_array(a.area),
          json_group_array(a.country || ' ' || a.kind)
        from g${number}_text t cross join g${number}_attr a on a.rank = t.rank where t.k = ?`,
      )
      .row(term)!
      .map((list) => JSON.parse(list as string) as unknown) as [
      number[],
      number[],
      number[],
      string[],
    ];
    const list = Int32Array.from(ranks, (rank, i) =>
      places.numberOf([rank, docs[i]!, areas[i]!, groups[i]!]),
    );
    this.#keep(key, list);
    return list;
  }

  #keep(key: string, list: Int32Array): void {
    // A list without places counts as well.
    this.#kept += list.length + 1;
    this.#lists.set(key, list);
    for (const [oldest, { length }] of this.#lists) {
      if (this.#kept <= KEPT) break;
      this.#lists.delete(oldest);
      this.#kept -= length + 1;
    }
  }
}

function weightsOfAreas(
  database: Database,
  number: number,
  areas: readonly [string, number][],
): [number, number][] {
  if (areas.length === 0) return [];
  return database
    .sql(
      `select k.area, sum(json_extract(j.value, '$[1]')) from json_each(?) j
      cross join g${number}_area_key k on k.key = json_extract(j.value, '$[0]') group by k.area`,
    )
    .rows(JSON.stringify(areas)) as [number, number][];
}

/** Places that have a term, and the weights of all terms that each has. */
interface Weighed {
  met: readonly number[];
  weights: Int32Array;
  /** The highest of `weights`. */
  highest: number;
}

function weigh(
  { ranks, areas }: Places,
  lists: readonly (readonly [Int32Array, number])[],
  around: ReadonlyMap<number, number>,
): Weighed {
  const weights = new Int32Array(ranks.length);
  const met: number[] = [];
  let highest = 0;
  for (const [list, weight] of lists) {
    for (const n of list) {
      let sum = weights[n]!;
      if (sum === 0) {
        met.push(n);
        if (around.size > 0) sum = around.get(areas[n]!) ?? 0;
      }
      weights[n] = sum += weight;
      if (sum > highest) highest = sum;
    }
  }
  return { met, weights, highest };
}

/** Which places may be found. */
interface Wanted {
  limit: number;
  passing: Uint8Array | null;
  /** Those of some places, by ranks, that lie in the box that is asked for; null: all do. */
  inBox: ((ranks: readonly number[]) => ReadonlySet<number>) | null;
}

function top(
  { ranks, groups }: Places,
  { met, weights, highest }: Weighed,
  { limit, passing, inBox }: Wanted,
): number[] {
  const kept = passing ? met.filter((n) => passing[groups[n]!] === 1) : met;
  const having = new Int32Array(highest + 1);
  for (const n of kept) having[weights[n]!]! += 1;
  const found: number[] = [];
  for (let to = highest; to >= 0 && found.length < limit;) {
    // As many weights at a time as are needed, or as fill a look-up.
    const wanted = inBox ? BOX_STEP : limit - found.length;
    let from = to;
    let above = 0;
    while (above + having[from]! < wanted && from > 0) above += having[from--]!;
    // Thousands may share the lowest weight, of which the first are enough.
    const last = inBox ? Infinity : lastRank(kept, from, wanted - above);
    const step = kept.filter((n) => {
      const weight = weights[n]!;
      return weight <= to && (weight > from || (weight === from && ranks[n]! <= last));
    });
    step.sort((a, b) => weights[b]! - weights[a]! || ranks[a]! - ranks[b]!);
    const fitting = inBox?.(step.map((n) => ranks[n]!));
    for (const n of step) if (!fitting || fitting.has(ranks[n]!)) found.push(n);
    to = from - 1;
  }
  return found.slice(0, limit);

  function lastRank(numbers: readonly number[], weight: number, places: number): number {
    const found = numbers.filter((n) => weights[n] === weight).map((n) => ranks[n]!);
    return Float64Array.from(found).sort()[places - 1] ?? Infinity;
  }
}

function boxOf(database: Database, number: number, { box }: PlaceFilter): Wanted['inBox'] {
  if (!box) return null;
  const { sql, parameters } = filterConditions({ box });
  const look = database.sql(
    `select a.rank from json_each(?) j cross join g${number}_attr a on a.rank = j.value
    where ${sql.join(' and ')}`,
  );
  return (ranks) => new Set(look.rows(JSON.stringify(ranks), ...parameters).flat() as number[]);
}
