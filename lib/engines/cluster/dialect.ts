import type { HashSearch, VectorSearch } from '../../knn/query.ts';
import type { VectorSpace } from '../../knn/space.ts';
import type { EngineRequest } from './request.ts';
import type { ClusterServer } from './server.ts';

type Body = Record<string, unknown>;

/** What one product does in its own way; all else is the same for every cluster of this kind. */
export interface Dialect {
  /** Name of the engine, and of the function that makes one: `opensearch`. */
  readonly name: string;
  /** Name of the product, as in messages. */
  readonly title: string;
  /** Oldest version that has all that is needed. */
  readonly oldest: readonly [major: number, minor: number];
  /** Command that installs a plugin on a node. */
  readonly installer: string;
  /** Plugins that bring what index bodies need, beside those of analysis. */
  readonly plugins: readonly PluginNeed[];
  /**
   * The body that creates an index of the server, from a create-index body of ours.
   *
   * @throws {OptionError} `MAPPING_INVALID` for what the product has not.
   */
  toServer(indexBody: Body, server: Pick<ClusterServer, 'number'>): Body;
  /** The inverse of `toServer`. */
  fromServer(body: Body): Body;
  /** Settings that the server adds to an index, and that no body holds. */
  readonly addedSettings: readonly string[];
  /** Type of the fields that a graph of vectors is built of, in mappings of the server. */
  readonly vectorType: string;
  /** Settings while vectors come in: graphs are built once, at the end. */
  readonly vectorLoad: Readonly<Body>;
  /** Loads the graphs of an index into memory; null where the product has no such request. */
  warmUp(index: string): EngineRequest | null;
  /**
   * Body of a search for the nearest vectors; best first, then by id.
   *
   * @param index - How the vectors of the index are searched.
   */
  nearestBody(index: SearchedVectors, search: VectorSearch): Body;
  /** Body of a search by hash; nearest first, then by id. */
  hashBody(search: HashSearch): Body;
  /** Opens a point in time on an index; `path` names the index. */
  openPit(path: string, keepAlive: string): EngineRequest;
  /** The id in the answer to `openPit`. */
  pitIdOf(answer: Body): string;
  closePit(id: string): EngineRequest;
}

/** How the vectors of an index are compared and searched. */
export interface SearchedVectors {
  space: VectorSpace;
  /** Candidates considered per query that does not say so itself. */
  efSearch: number;
}

/** A plugin that index bodies need. */
export interface PluginNeed {
  /** How the types of fields or analysis begin that it brings. */
  type: RegExp;
  plugin: string;
  /** Its class, for nodes that tell no other name. */
  className: RegExp;
}
