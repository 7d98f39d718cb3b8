import type { HashSearch, VectorSearch } from '../../knn/query.ts';
import type { VectorSpace } from '../../knn/space.ts';
import type { EngineRequest } from './request.ts';
import type { ClusterServer } from './server.ts';

type Body = Record<string, unknown>;

/** What is specific to one product; everything else is the same for all clusters. */
export interface Dialect {
  /** Name of the engine and of the function that makes it: `opensearch`. */
  readonly name: string;
  /** Name of the product in messages. */
  readonly title: string;
  /** Oldest supported version. */
  readonly oldest: readonly [major: number, minor: number];
  /** Command that installs a plugin on a node. */
  readonly installer: string;
  /** Plugins that index bodies may need, beside those of analysis. */
  readonly plugins: readonly PluginNeed[];
  /**
   * The create-index body of the server, from one of suoyin.
   *
   * @throws {OptionError} `MAPPING_INVALID` for what the product does not support.
   */
  toServer(indexBody: Body, server: Pick<ClusterServer, 'number'>): Body;
  /** The inverse of `toServer`. */
  fromServer(body: Body): Body;
  /** Setting of the nodes that limits the clauses of a search; null where the product ignores it. */
  readonly clauseLimit: string | null;
  /** Settings that the server adds to an index. */
  readonly addedSettings: readonly string[];
  /** Field type of vectors with a graph, in mappings of the server. */
  readonly vectorType: string;
  /** Settings during a fill with vectors, so that graphs are built once, at the end. */
  readonly vectorLoad: Readonly<Body>;
  /** Loads the graphs of an index into memory; null where the product has no such request. */
  warmUp(index: string): EngineRequest | null;
  /**
   * Body of a search for the nearest vectors, nearest first, then by id.
   *
   * @param index - How the vectors of the index are compared and searched.
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
  /** Default number of candidates considered by a query. */
  efSearch: number;
  /** Fields of the vectors. */
  views: readonly string[];
}

/** A plugin that index bodies need. */
export interface PluginNeed {
  /** Matches the types of fields or analysis that it provides. */
  type: RegExp;
  plugin: string;
  /** Its class, for nodes that report no other name. */
  className: RegExp;
}
