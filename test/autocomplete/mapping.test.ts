import { expect } from 'chai';

import { OptionError } from '../../lib/errors.ts';
import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { neededPlugins } from '../../lib/engines/cluster/probe.ts';
import { toPlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';

interface Field {
  type?: string;
  properties?: Record<string, Field>;
}

describe('placeMapping', () => {
  it('is the file with the numbers of a deployment', () => {
    const body = placeMapping({ numberOfShards: 3, numberOfReplicas: 0 });
    expect(body.settings.index).to.include({ number_of_shards: 3, number_of_replicas: 0 });
    expect(placeMapping().settings.index).to.include({ number_of_shards: 1 });
  });

  it('refuses numbers that no engine takes', () => {
    for (const options of [
      { numberOfShards: 0 },
      { numberOfShards: 1.5 },
      { numberOfShards: NaN },
      { numberOfShards: 1025 },
      { numberOfReplicas: -1 },
      { numberOfReplicas: 0.5 },
    ]) {
      expect(() => placeMapping(options), JSON.stringify(options))
        .to.throw(OptionError, /^No index can be made with numberOf/)
        .with.property('code', 'MAPPING_INVALID');
    }
  });

  it('asks for no plugin unless told to', () => {
    const pluginsOf = (body: unknown): string[] => neededPlugins(body).map(({ plugin }) => plugin);
    expect(pluginsOf(placeMapping())).to.deep.equal([]);
    const body = placeMapping({ serverAnalysis: ['kuromoji', 'smartcn', 'icu'] });
    expect(pluginsOf(body)).to.deep.equal([
      'analysis-icu',
      'analysis-kuromoji',
      'analysis-smartcn',
    ]);
  });

  it('gives a fresh copy', () => {
    placeMapping().mappings._meta['schema_version'] = 99;
    expect(placeMapping().mappings._meta['schema_version']).to.equal(5);
  });

  it('knows every field of a document, and no other', () => {
    const country = readPlaceRecord({ id: 'tw', name: 'Taiwan', kind: 'country', country: 'TW' });
    const document = toPlaceDocument(
      readPlaceRecord({
        id: 'x',
        name: '板橋區',
        kind: 'district',
        granularity: 'settlement',
        country: 'TW',
        lat: 25,
        lon: 121,
        category: '區公所',
        description: '在府中路上。',
        learned: 0.1,
      }),
      { parents: [country] },
    );
    const fields = placeMapping().mappings['properties'] as Record<string, Field>;
    expect(Object.keys(fields)).to.have.members(Object.keys(document));
    expect(Object.keys(fields['keys']!.properties!)).to.have.members(Object.keys(document.keys));
  });
});
