import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { OptionError } from '../../lib/errors.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { failureOf } from '../support/failures.ts';

describe('options of an index', () => {
  let dataDir: string;
  let engine: Engine;
  before(() => {
    dataDir = tempFolder();
    engine = closeAtEnd(embedded({ dataDir }));
  });

  /** As plain JavaScript may give them. */
  const given = (options: object): never => options as never;

  async function refusal(call: () => Promise<unknown>): Promise<string> {
    const error = await failureOf(call);
    expect(error).to.be.instanceOf(OptionError).with.property('code', 'OPTION_UNKNOWN');
    return error.message;
  }

  it('are refused where a call has none of that name, with the one that is meant', async () => {
    const places = new PlaceIndex(engine);
    const images = new ImageIndex(engine);
    expect(await refusal(() => places.suggest('x', given({ lang: 'ja' })))).to.match(
      /^There is no option "lang"\. Did you mean language\? There are language, home, near, /,
    );
    expect(await refusal(() => places.suggest('x', given({ zzz: 1 })))).to.not.include('mean');
    for (const [call, meant] of [
      [() => places.search('x', given({ radius: 5, near: { lat: 1, lon: 1 } })), 'radiusKm'],
      [() => places.rebuild([], given({ maxfailed: 5 })), 'maxFailed'],
      [() => places.put([], given({ versions: 1 })), 'version'],
      [() => places.delete([], given({ versions: 1 })), 'version'],
      [() => places.verify([], given({ generations: 'x' })), 'generation'],
      [() => places.check([], given({ boundary: [] })), 'boundaries'],
      [() => places.gc(given({ dryrun: true })), 'dryRun'],
      [() => places.swap(given({ keepFresh: 1 })), 'keepFreshMs'],
      [() => images.add(new Uint8Array(), given({ field: {} })), 'fields'],
      [() => images.similar({ id: 'x' }, given({ filters: {} })), 'filter'],
      [() => images.duplicates(given({ distance: 1 })).next(), 'maxDistance'],
      [() => images.ingest([], given({ retryMS: 1, retries: 2 })), 'retryMs'],
      [() => images.check(given({ fscheck: true })), 'fsCheck'],
      [() => images.purge(given({ gone: true, olderThan: 1 })), 'olderThanMs'],
      [() => images.rebuild(given({ recall: 1 })), 'minRecall'],
    ] as const) {
      expect(await refusal(call)).to.include(`Did you mean ${meant}?`);
    }
    expect(() => new PlaceIndex(engine, given({ aliases: 'x' }))).to.throw('Did you mean alias?');
    expect(() => new ImageIndex(engine, given({ thumbnail: 'x' }))).to.throw('mean thumbnails?');
  });

  it('are refused where the alias can not be one', () => {
    for (const Index of [PlaceIndex, ImageIndex]) {
      for (const alias of ['Places', '', 'a b', '-a', 'a.b', 'x'.repeat(101)]) {
        expect(() => new Index(engine, { alias }))
          .to.throw(OptionError)
          .with.property('code', 'ALIAS_INVALID');
      }
    }
  });
});
