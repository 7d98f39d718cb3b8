import { readFileSync, readdirSync } from 'node:fs';
import { expect } from 'chai';

import { elasticsearchBody } from '../../lib/knn/elasticsearch.ts';

type Json = Record<string, unknown>;

const folder = new URL('../../mappings/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.json'));

/** What a mapping breaks: every object is strict, every text field sets both of its analyzers. */
function mappingFaults(mappings: Json): string[] {
  const faults: string[] = [];
  const meta = mappings['_meta'] as Json | undefined;
  if (!Number.isInteger(meta?.['schema_version'])) faults.push('_meta.schema_version is missing');
  const visit = (path: string, node: Json): void => {
    const properties = node['properties'] as Record<string, Json> | undefined;
    const opaque = node['enabled'] === false;
    const object = properties !== undefined || /^(object|nested)$/.test(String(node['type']));
    if (object && !opaque && node['dynamic'] !== 'strict') faults.push(`${path} is not strict`);
    if (node['type'] === 'text') {
      for (const key of ['analyzer', 'search_analyzer']) {
        if (typeof node[key] !== 'string') faults.push(`${path} sets no ${key}`);
      }
    }
    for (const [name, child] of Object.entries(properties ?? {})) visit(`${path}.${name}`, child);
    for (const [name, child] of Object.entries((node['fields'] ?? {}) as Record<string, Json>)) {
      visit(`${path}.${name}`, child);
    }
  };
  visit('mappings', mappings);
  return faults;
}

describe('mappings', () => {
  const bodyIn = (file: string): Json =>
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Json;

  it('are those of places and names', () => {
    expect(files).to.include.members(['places.json', 'names.json']);
  });

  it('are the same in the words of Elasticsearch, which keeps vectors in _source from 9.2 on only if told', () => {
    for (const name of ['places', 'names', 'images', 'notes']) {
      const body = bodyIn(`${name}.json`);
      expect(bodyIn(`elasticsearch/${name}.json`)).to.deep.equal(elasticsearchBody(body, '8.15.0'));
    }
    const newest = elasticsearchBody(bodyIn('images.json'), '9.2.0');
    expect(bodyIn('elasticsearch/images-9.2.json')).to.deep.equal(newest);
  });

  for (const file of files) {
    it(`${file} is strict, sets the analyzers of its text and has a version`, () => {
      const body = bodyIn(file);
      expect(body).to.have.all.keys('settings', 'mappings');
      expect(mappingFaults(body['mappings'] as Json)).to.deep.equal([]);
    });
  }

  it('are found wanting, level by level', () => {
    const mappings = {
      dynamic: 'strict',
      properties: {
        name: {
          type: 'text',
          analyzer: 'a',
          fields: { raw: { type: 'text', search_analyzer: 'a' } },
        },
        keys: { properties: { whole: { type: 'keyword' } } },
        opaque: { type: 'object', enabled: false },
      },
    };
    expect(mappingFaults(mappings)).to.deep.equal([
      '_meta.schema_version is missing',
      'mappings.name sets no search_analyzer',
      'mappings.name.raw sets no analyzer',
      'mappings.keys is not strict',
    ]);
  });
});
