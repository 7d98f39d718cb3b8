import type { IndexDocument, Searches } from '../engine.ts';
import { featureNamed, type Feature, featureNameOf } from '../feature.ts';
import { indexNotFound } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';

/** A feature on a cluster: everything that is special about its documents. */
export interface ClusterFeature<
  D extends IndexDocument = IndexDocument,
  S extends Partial<Searches> = Partial<Searches>,
> extends Feature<D> {
  /** The `_source` to send for a document. */
  toSource(document: D): object;
  /** The document of a `_source`. */
  fromSource(source: object): D;
  readonly searches: S;
}

/** Finds the feature of a generation by its mapping, which is read once. */
export type FeatureOf = (generation: string) => Promise<ClusterFeature>;

/** @param features - Those of this engine. */
export function featureLookUp(cluster: Cluster, features: readonly ClusterFeature[]): FeatureOf {
  const { features: known } = cluster.known;
  return async (generation) => {
    const found = known.get(generation);
    if (found) return found;
    const response = await cluster.send({
      method: 'GET',
      path: `/${pathOf(generation)}/_mapping`,
      query: { filter_path: '*.mappings._meta' },
      expected: [404],
    });
    if (response.status === 404) throw indexNotFound(generation);
    const [body = {}] = Object.values(objectOf(response)) as Record<string, unknown>[];
    const feature = featureNamed(features, featureNameOf(body));
    known.set(generation, feature);
    return feature;
  };
}
