import { expect } from 'chai';

import type { KeySearch } from '../../lib/autocomplete/searches.ts';
import {
  placeSearchBodies,
  placeSearchBody,
  readPlaceHits,
} from '../../lib/autocomplete/suggest/query-body.ts';
import { passSearches, placeQuery } from '../../lib/autocomplete/suggest/query.ts';

const search: KeySearch = { field: 'name', value: '板桥', match: 'prefix', limit: 20 };

describe('placeSearchBody', () => {
  it('is a filter in the order of the index, and brings what a hit needs, by name', () => {
    expect(placeSearchBody(search)).to.deep.equal({
      query: { bool: { filter: [{ match: { 'keys.name': '板桥' } }] } },
      sort: [{ rank: 'asc' }, { id: 'asc' }],
      size: 20,
      track_total_hits: false,
      _source: {
        includes: [
          'id',
          'kind',
          'granularity',
          'country',
          'location',
          'importance',
          'rank',
          'names',
          'parents',
          'within',
          'categories',
        ],
      },
    });
  });

  it('says whole keys, one edit, containers, countries, kinds and boxes', () => {
    const clauses = (some: Partial<KeySearch>): unknown =>
      placeSearchBody({ ...search, ...some }).query;
    expect(clauses({ match: 'whole' })).to.deep.equal({
      bool: { filter: [{ term: { 'keys.name.whole': '板桥' } }] },
    });
    expect(clauses({ match: 'edit' })).to.deep.equal({
      bool: {
        filter: [
          {
            fuzzy: {
              'keys.name.whole': {
                value: '板桥',
                fuzziness: 1,
                prefix_length: 1,
                transpositions: true,
                max_expansions: 1000,
              },
            },
          },
        ],
      },
    });
    expect(clauses({ field: 'tail', match: 'whole' })).to.deep.equal({
      bool: { filter: [{ term: { 'keys.tail': '板桥' } }] },
    });
    const box = { south: 24, west: 121, north: 26, east: 122 };
    const scoped: KeySearch = { ...search, within: ['新北'], countries: ['TW'], box };
    expect(placeSearchBody(scoped, { kinds: ['city'] }).query).to.deep.equal({
      bool: {
        filter: [
          { match: { 'keys.name': '板桥' } },
          { terms: { within: ['新北'] } },
          { terms: { country: ['TW'] } },
          { terms: { kind: ['city'] } },
          { geo_bounding_box: { location: { top: 26, left: 121, bottom: 24, right: 122 } } },
        ],
      },
    });
  });
});

describe('passSearches', () => {
  it('looks everywhere, at home and near, for whole keys and for beginnings', () => {
    const query = placeQuery('板橋', { language: 'zh-TW', near: { lat: 25, lon: 121.5 } });
    const name = passSearches(query, query.passes[0]!).filter((s) => s.field === 'name');
    expect(
      name.map((s) => `${s.match} ${s.countries?.join() ?? ''}${s.box ? 'near' : ''}`.trim()),
    ).to.deep.equal(['whole', 'prefix', 'whole TW', 'prefix TW', 'whole near', 'prefix near']);
    expect(name[5]!.box!.south).to.be.closeTo(24.46, 0.01);
  });

  it('brings at least as many documents as are asked for', () => {
    const query = placeQuery('板橋', { limit: 80 });
    expect(passSearches(query, query.passes[0]!).every((s) => s.limit === 80)).to.equal(true);
  });

  it('wraps a box around the antimeridian and the pole', () => {
    const box = (lat: number, lon: number): unknown => {
      const query = placeQuery('a', { language: 'en', near: { lat, lon }, radiusKm: 200 });
      return query.filter.box;
    };
    const { west, east } = box(-17, 179.5) as { west: number; east: number };
    expect(west).to.be.greaterThan(0);
    expect(east).to.be.lessThan(0);
    expect(box(89.9, 0)).to.include({ north: 90, west: -180, east: 180 });
  });
});

describe('placeSearchBodies and readPlaceHits', () => {
  it('are the lines of a multi-search and its documents, each once', () => {
    expect(placeSearchBodies('places', [search, search])).to.have.length(4);
    expect(placeSearchBodies('places', [search])[0]).to.deep.equal({ index: 'places' });
    const hits = (...ids: string[]): { hits: { hits: { _source: unknown }[] } } => ({
      hits: { hits: ids.map((id) => ({ _source: { id } })) },
    });
    const read = readPlaceHits({ responses: [hits('a', 'b'), hits('b', 'c')] });
    expect(read.map(({ id }) => id)).to.deep.equal(['a', 'b', 'c']);
    expect(readPlaceHits(hits('a')).map(({ id }) => id)).to.deep.equal(['a']);
  });

  it('work with the prefix of an index of the host, whose ids may be the only ones', () => {
    const prefix = 'suoyin_';
    const scoped: KeySearch = { ...search, field: 'tail', within: ['x'], countries: ['TW'] };
    const box = { south: 1, west: 2, north: 3, east: 4 };
    const text = JSON.stringify(
      placeSearchBody({ ...scoped, box }, { kinds: ['city'], countries: ['JP'], box }, prefix),
    );
    const plain = ['keys', 'within', 'country', 'kind', 'location', 'rank', 'id', 'names'];
    for (const field of plain) {
      expect(text, field).to.not.match(new RegExp(`"${field}[".]`));
      expect(text, field).to.match(new RegExp(`"suoyin_${field}[".]`));
    }
    const hit = { _id: '7', _source: { kind: 'ticket', suoyin_kind: 'poi', suoyin_names: [] } };
    expect(readPlaceHits({ hits: { hits: [hit] } }, prefix)).to.deep.equal([
      { id: '7', source: { id: '7', kind: 'poi', names: [] }, search: 0 },
    ]);
  });
});
