import { expect } from 'chai';

import type { PlaceMappingOptions } from '../../lib/autocomplete/mapping.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { onCluster, PRODUCTS, settingsOf, wipe } from '../support/clusters.ts';
import { seededRandom } from '../../bench/statistics.ts';
import { pictureWith, vectorIn } from '../support/pictures.ts';
import { RECORDS } from './records.ts';
import { tempFolder } from '../support/folders.ts';

for (const product of PRODUCTS) {
  describe(`shards and replicas on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    let dataDir: string;
    beforeEach(async () => {
      dataDir = tempFolder();
      await wipe(cluster.client, ['places', 'images']);
    });

    const placesOf = (mapping: PlaceMappingOptions = {}): PlaceIndex =>
      new PlaceIndex(product.engine({ client: cluster.client, refresh: true }), {
        dataDir,
        mapping,
      });
    const imagesOf = (mapping: PlaceMappingOptions = {}): ImageIndex =>
      new ImageIndex(product.engine({ client: cluster.client, refresh: true }), { mapping });
    /** Shards and replicas of an index, as the cluster has them. */
    const cutOf = async (index: string): Promise<[string, string]> => {
      const settings = await settingsOf(cluster.client, index);
      return [settings['number_of_shards']!, settings['number_of_replicas']!];
    };
    const changesOf = async (index: PlaceIndex | ImageIndex): Promise<string[]> =>
      (await index.plan()).changes.map(({ needs, reason }) => `${needs}: ${reason}`);
    /** Records enough for several checkpoints of a fill. */
    const MANY = Array.from({ length: 12_000 }, (_, i) => ({
      id: `p${i}`,
      name: `Ka${i}`,
      kind: 'poi',
      country: 'TW',
    }));
    const cutOff = async (index: PlaceIndex): Promise<void> => {
      const stop = new AbortController();
      const run = index.rebuild(MANY, {
        readings: 'data',
        signal: stop.signal,
        onProgress: ({ stage, done }) => {
          if (stage === 'fill' && done >= 8000) stop.abort();
        },
      });
      expect(((await run.catch((e: unknown) => e)) as Error).name).to.equal('AbortError');
    };

    describe('of places', () => {
      it('are as asked, also where documents are spread, and stay as they are where nothing is asked', async () => {
        await placesOf({ numberOfShards: 3, numberOfReplicas: 0 }).rebuild(RECORDS);
        expect(await cutOf('places-000001')).to.deep.equal(['3', '0']);
        const found = await placesOf().suggest('板橋', { language: 'zh-Hant' });
        expect(found[0]?.id).to.equal('tw:65000010');
        await placesOf().rebuild(RECORDS);
        expect(await cutOf('places-000002')).to.deep.equal(['3', '0']);
        await placesOf({ numberOfReplicas: 1 }).rebuild(RECORDS);
        expect(await cutOf('places-000003')).to.deep.equal(['3', '1']);
      });

      it('are one and one for a first index', async () => {
        await placesOf().rebuild(RECORDS);
        expect(await cutOf('places-000001')).to.deep.equal(['1', '1']);
      });

      it('are in the plan where the live index has others than asked', async () => {
        await placesOf({ numberOfShards: 2 }).rebuild(RECORDS);
        expect(await changesOf(placesOf())).to.deep.equal([]);
        const asked = placesOf({ numberOfShards: 4, numberOfReplicas: 0 });
        expect(await changesOf(asked)).to.deep.equal([
          'dynamic-setting: number_of_replicas is 1 and should be 0',
          'rebuild: number_of_shards is 2 and should be 4',
        ]);
      });

      it('are those that were begun with, where a rebuild goes on and nothing is asked', async () => {
        await cutOff(placesOf({ numberOfShards: 2, numberOfReplicas: 0 }));
        const result = await placesOf().rebuild(MANY, { readings: 'data', resumeOnly: true });
        expect(result).to.include({
          resumed: true,
          generation: 'places-000001',
          documents: 12_000,
        });
        expect(await cutOf('places-000001')).to.deep.equal(['2', '0']);
      });

      it('are a reason not to go on where others are asked, and what was begun is kept', async () => {
        await cutOff(placesOf({ numberOfShards: 2 }));
        const other = placesOf({ numberOfShards: 3 });
        const refused: unknown = await other
          .rebuild(MANY, { readings: 'data', resumeOnly: true })
          .catch((e: unknown) => e);
        expect(refused).to.include({ code: 'NOTHING_TO_RESUME', aliasMoved: false });
        expect((refused as Error).message).to.include(
          'places-000001 was begun with other settings: number_of_shards is 2 and should be 3',
        );
        const same = placesOf({ numberOfShards: 2 });
        expect(await same.rebuild(MANY, { readings: 'data' })).to.include({ resumed: true });
      });

      it('make a rebuild begin anew where it may', async () => {
        await cutOff(placesOf({ numberOfShards: 2 }));
        const result = await placesOf({ numberOfShards: 3 }).rebuild(MANY, { readings: 'data' });
        expect(result).to.include({ resumed: false, generation: 'places-000002' });
        expect(await cutOf('places-000002')).to.deep.equal(['3', '1']);
        const { generations } = await placesOf().status();
        expect(generations.map(({ name }) => name)).to.deep.equal(['places-000002']);
      });
    });

    describe('of pictures', () => {
      it('are as asked when the index is made, and stay as they are where nothing is asked', async () => {
        const random = seededRandom(5);
        const documents = Array.from({ length: 20 }, (_, i) =>
          pictureWith(`p${i}`, { vector: vectorIn(DEFAULT_SPACE, random) }),
        );
        await imagesOf({ numberOfShards: 2, numberOfReplicas: 0 }).write(documents);
        expect(await cutOf('images-000001')).to.deep.equal(['2', '0']);
        expect(await changesOf(imagesOf())).to.deep.equal([]);
        expect(await changesOf(imagesOf({ numberOfShards: 3 }))).to.deep.equal([
          'rebuild: number_of_shards is 2 and should be 3',
        ]);
        await imagesOf().rebuild();
        expect(await cutOf('images-000002')).to.deep.equal(['2', '0']);
        await imagesOf({ numberOfShards: 3 }).rebuild();
        expect(await cutOf('images-000003')).to.deep.equal(['3', '0']);
        const [nearest] = await imagesOf().similar({ vector: documents[7]!.vector! }, { limit: 1 });
        expect(nearest?.id).to.equal('p7');
      });
    });
  });
}
