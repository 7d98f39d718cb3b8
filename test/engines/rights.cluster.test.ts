import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import type { Engine } from '../../lib/engines/engine.ts';

import { ImageIndex } from '../../lib/image-index.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import type { Note } from '../../lib/notes/note.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { seededRandom } from '../../bench/statistics.ts';
import { PLAIN, placesOf } from '../faults/rig.ts';
import { onCluster, PRODUCTS, type TestClient, wipe } from '../support/clusters.ts';
import { codeOf } from '../support/failures.ts';
import { faultProxy, type ProxiedRequest } from '../support/fault-proxy.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { pictureWith, vectorIn } from '../support/pictures.ts';

/** What a right lets through, of indexes and aliases that begin so: the words of docs/operating.md. */
const RIGHTS = {
  read: [
    /^(GET|HEAD) \/OWN\/_doc\/[^/]+$/,
    /^POST \/OWN\/(_search|_msearch|_mget|_pit|_search\/point_in_time)$/,
    /^GET \/OWN\/_count$/,
    /^POST \/_search$/,
    /^DELETE \/(_pit|_search\/point_in_time)$/,
  ],
  view_index_metadata: [
    /^(GET|HEAD) \/OWN$/,
    /^GET \/OWN\/(_mapping|_settings|_alias)$/,
    /^(GET|HEAD) \/_alias\/OWN$/,
  ],
  write: [/^POST \/OWN\/_bulk$/, /^(PUT|DELETE) \/OWN\/_doc\/[^/]+$/],
  maintenance: [/^POST \/OWN\/_refresh$/],
  monitor: [/^GET \/OWN\/_stats\/(docs|store)$/],
  manage: [
    /^(PUT|DELETE) \/OWN$/,
    /^PUT \/OWN\/(_mapping|_settings)$/,
    /^POST \/_aliases$/,
    /^POST \/OWN\/_forcemerge$/,
    /^GET \/_plugins\/_knn\/warmup\/OWN$/,
  ],
  'cluster: monitor': [/^GET \/$/, /^GET \/_cluster\/health(\/OWN)?$/, /^GET \/_nodes\/plugins$/],
} as const;
type Right = keyof typeof RIGHTS;

/** What each role of docs/operating.md has. */
const ROLES: Record<'search' | 'write' | 'look' | 'rebuild', readonly Right[]> = {
  search: ['read', 'view_index_metadata'],
  write: ['read', 'view_index_metadata', 'write'],
  look: ['read', 'view_index_metadata', 'maintenance', 'monitor', 'cluster: monitor'],
  rebuild: [
    'read',
    'view_index_metadata',
    'write',
    'maintenance',
    'monitor',
    'manage',
    'cluster: monitor',
  ],
};

/** Whether a role may send a request: its path, and every index that its body names. */
function isAllowed({ method, path, body }: ProxiedRequest, role: readonly Right[]): boolean {
  const [bare = ''] = path.split('?');
  const sent = `${method} ${bare}`;
  const own = '(places|images|notes)(-[\\w*-]+)?';
  const allowed = role
    .flatMap((right) => RIGHTS[right] as readonly RegExp[])
    .some((pattern) => new RegExp(pattern.source.replaceAll('OWN', own)).test(sent));
  const named = [...body.toString().matchAll(/"index":"([^"]*)"/g)].map(([, name]) => name!);
  // A body of several searches names no index at all, so that whoever looks at paths only sees what is asked.
  if (bare.endsWith('/_msearch')) return allowed && named.length === 0;
  return (
    allowed &&
    (bare === '/_aliases' ? named.every((name) => new RegExp(`^${own}$`).test(name)) : true)
  );
}

const PLACES = placesOf('v', 20);
const NOTES: readonly Note[] = [
  { id: 'a', title: '賞櫻', body: '春天賞櫻，清晨看日出。' },
  { id: 'b', title: '賞楓', body: '秋天賞楓，清晨看日出。' },
];
const PICTURE = fileURLToPath(new URL('../../examples/data/pictures/alps.webp', import.meta.url));

/** The methods of an index. */
type VerbOf<Index> = {
  [Name in keyof Index]: Index[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Index];
/** The role that is enough for a verb, with the call; null for a verb that asks no cluster. */
type Call<Index> = [role: keyof typeof ROLES, call: (index: Index) => unknown] | null;

const prepareAndSwap = async (index: ImageIndex | NoteIndex): Promise<unknown> => {
  await index.rebuild({ prepareOnly: true });
  return index.swap();
};

const all = async (items: AsyncIterable<unknown>): Promise<unknown[]> => {
  const found: unknown[] = [];
  for await (const item of items) found.push(item);
  return found;
};

/** What every index has, in an order in which each can be done: a second generation is live, and the first one kept. */
const ALIAS_VERBS = {
  plan: ['look', (index) => index.plan()],
  status: ['look', (index) => index.status()],
  adopt: ['rebuild', (index) => index.adopt(`${index.alias}-000001`)],
  rollback: ['rebuild', (index) => index.rollback()],
  gc: ['rebuild', (index) => index.gc({ keep: 0 })],
  unlock: ['rebuild', (index) => index.unlock()],
  close: null,
} satisfies Partial<Record<VerbOf<PlaceIndex>, Call<PlaceIndex | ImageIndex | NoteIndex>>>;

const PLACE_VERBS: Record<VerbOf<PlaceIndex>, Call<PlaceIndex>> = {
  ...ALIAS_VERBS,
  suggest: ['search', (index) => index.suggest('Ka7 v')],
  search: ['search', (index) => index.search('Ka7')],
  containers: ['search', (index) => index.containers()],
  get: ['search', (index) => index.get('p7')],
  put: ['write', (index) => index.put(PLACES)],
  delete: ['write', (index) => index.delete(['p3'])],
  inspect: ['look', (index) => index.inspect(() => undefined)],
  verify: ['look', (index) => index.verify(PLACES, { readings: 'data' })],
  check: null,
  rebuild: ['rebuild', (index) => index.rebuild(PLACES, PLAIN)],
  swap: [
    'rebuild',
    async (index) => {
      await index.rebuild(PLACES, { ...PLAIN, prepareOnly: true });
      return index.swap();
    },
  ],
};

const random = seededRandom(3);
const PICTURES = Array.from({ length: 12 }, (_, i) =>
  pictureWith(`p${i}`, { vector: vectorIn(DEFAULT_SPACE, random) }),
);

const IMAGE_VERBS: Record<VerbOf<ImageIndex>, Call<ImageIndex>> = {
  ...ALIAS_VERBS,
  open: ['search', (index) => index.open()],
  similar: ['search', (index) => index.similar({ id: 'p5' }, { limit: 1 })],
  duplicates: ['search', (index) => all(index.duplicates())],
  get: ['search', (index) => index.get('p5')],
  count: ['search', (index) => index.count()],
  scan: ['search', (index) => all(index.scan())],
  add: ['write', (index) => index.add(PICTURE)],
  write: ['write', (index) => index.write(PICTURES)],
  delete: ['write', (index) => index.delete(['p3'])],
  // These note in the state what they are at.
  findOrAdd: ['rebuild', (index) => index.findOrAdd(PICTURE)],
  ingest: ['rebuild', (index) => index.ingest([PICTURE])],
  check: ['rebuild', (index) => index.check({ dbScan: true })],
  purge: ['rebuild', (index) => index.purge({ gone: true })],
  rebuild: ['rebuild', (index) => index.rebuild()],
  swap: ['rebuild', prepareAndSwap],
  prepare: null,
  describe: null,
  // As write, in an index of other vectors.
  ingestVectors: null,
};

const NOTE_VERBS: Record<VerbOf<NoteIndex>, Call<NoteIndex>> = {
  ...ALIAS_VERBS,
  open: ['search', (index) => index.open()],
  search: ['search', (index) => index.search('賞櫻')],
  like: ['search', (index) => index.like('a')],
  get: ['search', (index) => index.get('a')],
  count: ['search', (index) => index.count()],
  scan: ['search', (index) => all(index.scan())],
  put: ['write', (index) => index.put(NOTES)],
  delete: ['write', (index) => index.delete(['b'])],
  add: ['write', (index) => index.add([fileURLToPath(import.meta.url)])],
  rebuild: ['rebuild', (index) => index.rebuild()],
  swap: ['rebuild', prepareAndSwap],
};

/** What templates would add to a new generation. */
const SIMULATION = /^POST \/_index_template\/_simulate_index\/\w+-999999/;

for (const product of PRODUCTS) {
  describe(`rights on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    const clear = () => wipe(cluster.client, ['places', 'images', 'notes']);
    beforeEach(clear);
    after(clear);

    /** A client that is answered 403 to whatever a role has no right to. */
    async function clientOf(
      role: keyof typeof ROLES,
    ): Promise<{ client: TestClient; refused: string[] }> {
      const proxy = closeAtEnd(await faultProxy(cluster.url));
      const refused: string[] = [];
      proxy.inject(
        {
          kind: 'handle',
          handle: ({ method, path }) => {
            refused.push(`${method} ${path}`);
            const error = { type: 'security_exception', reason: 'no permissions' };
            const headers = {
              'content-type': 'application/json',
              'x-elastic-product': 'Elasticsearch',
            };
            const body = JSON.stringify({ error, status: 403 });
            return Promise.resolve({ status: 403, headers, body });
          },
        },
        { when: (request) => !isAllowed(request, ROLES[role]), times: Infinity },
      );
      return { client: closeAtEnd(product.connect(proxy.url)), refused };
    }
    async function placesAs(
      role: keyof typeof ROLES,
    ): Promise<{ index: PlaceIndex; refused: string[] }> {
      const { client, refused } = await clientOf(role);
      return { index: new PlaceIndex(product.engine({ client, refresh: true })), refused };
    }
    const full = (): PlaceIndex =>
      new PlaceIndex(product.engine({ client: cluster.client, refresh: true }));

    it('that rebuild: run, plan, status, prepare, swap, roll back, adopt, collect, and all else', async () => {
      const { index, refused } = await placesAs('rebuild');
      await index.rebuild(PLACES, PLAIN);
      await index.rebuild(PLACES, { ...PLAIN, prepareOnly: true, verify: 'all' });
      await index.swap();
      await index.rollback();
      await index.adopt('places-000002');
      expect((await index.gc({ keep: 0 })).dropped).to.deep.equal(['places-000001']);
      await index.unlock();
      await index.put(PLACES);
      // A new generation and plan do without what they may not ask for.
      expect(refused.filter((request) => !SIMULATION.test(request))).to.deep.equal([]);
      refused.length = 0;
      expect((await index.plan()).action).to.equal('none');
      expect(refused.map((request) => request.split('?')[0])).to.deep.equal([
        'POST /_index_template/_simulate_index/places-999999',
        'GET /_cluster/settings',
      ]);
    });

    it('that look: status, plan, inspect and verify', async () => {
      await full().rebuild(PLACES, PLAIN);
      const { index, refused } = await placesAs('look');
      expect((await index.status()).live).to.equal('places-000001');
      expect((await index.inspect(() => undefined)).documents).to.equal(20);
      expect((await index.verify(PLACES, { readings: 'data' })).equal).to.equal(20);
      expect(refused).to.deep.equal([]);
      expect((await index.plan()).action).to.equal('none');
      expect(await codeOf(index.put(PLACES))).to.equal('UNAUTHORIZED');
      expect(await codeOf(index.rebuild(PLACES, PLAIN))).to.equal('UNAUTHORIZED');
    });

    it('that write: put and delete, while a rebuild runs too', async () => {
      await full().rebuild(PLACES, PLAIN);
      const { index, refused } = await placesAs('write');
      let passes = 0;
      await full().rebuild(async function* () {
        if (++passes === 2) {
          await index.put([{ ...PLACES[0]!, id: 'late' }]);
          await index.delete(['p3']);
        }
        yield* PLACES;
      }, PLAIN);
      expect(await index.get('late')).to.not.equal(null);
      expect(await index.get('p3')).to.equal(null);
      expect(refused).to.deep.equal([]);
      expect(await codeOf(index.rebuild(PLACES, PLAIN))).to.equal('UNAUTHORIZED');
    });

    it('that search: suggest, search, get, and nothing else', async () => {
      await full().rebuild(PLACES, PLAIN);
      const { index, refused } = await placesAs('search');
      expect((await index.suggest('Ka7 v'))[0]?.id).to.equal('p7');
      expect((await index.search('Ka7')).total).to.be.greaterThan(0);
      expect((await index.get('p7'))?.id).to.equal('p7');
      expect(refused).to.deep.equal([]);
      expect(await codeOf(index.put(PLACES))).to.equal('UNAUTHORIZED');
      expect(await codeOf(index.gc())).to.equal('UNAUTHORIZED');
    });

    const FEATURES: [
      feature: string,
      verbs: Record<string, Call<never>>,
      make: (engine: Engine) => PlaceIndex | ImageIndex | NoteIndex,
      fill: (index: never) => Promise<unknown>,
    ][] = [
      [
        'places',
        PLACE_VERBS,
        (engine) => new PlaceIndex(engine),
        async (index: PlaceIndex) => {
          await index.rebuild(PLACES, PLAIN);
          await index.rebuild(PLACES, PLAIN);
        },
      ],
      [
        'pictures',
        IMAGE_VERBS,
        (engine) => new ImageIndex(engine),
        async (index: ImageIndex) => {
          await index.write(PICTURES);
          await index.rebuild();
        },
      ],
      [
        'notes',
        NOTE_VERBS,
        (engine) => new NoteIndex(engine),
        async (index: NoteIndex) => {
          await index.put(NOTES);
          await index.rebuild();
        },
      ],
    ];
    for (const [feature, verbs, make, fill] of FEATURES) {
      it(`are enough for every verb of ${feature}, each with the least of them`, async () => {
        await fill(make(product.engine({ client: cluster.client, refresh: true })) as never);
        for (const role of Object.keys(ROLES) as (keyof typeof ROLES)[]) {
          const { client, refused } = await clientOf(role);
          const index = make(product.engine({ client, refresh: true }));
          for (const [verb, asked] of Object.entries(verbs)) {
            if (asked?.[0] !== role) continue;
            refused.length = 0;
            await asked[1](index as never);
            // Who may not ask what the server is, or what plan looks at besides, is answered all the same.
            const wanted =
              verb === 'plan'
                ? /^(?:POST \/_index_template\/_simulate_index\/\w+-999999|GET \/_cluster\/settings)$/
                : role === 'rebuild'
                  ? SIMULATION
                  : /^GET \/$/;
            const paths = refused.map((request) => request.split('?')[0]!);
            expect(
              paths.filter((path) => !wanted.test(path)),
              verb,
            ).to.deep.equal([]);
          }
        }
      });
    }
  });
}

describe('docs/operating.md', () => {
  it('has the rights of each role', () => {
    const text = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
    for (const [role, rights] of Object.entries(ROLES)) {
      const row = text.split('\n').find((line) => line.startsWith(`| ${role} `));
      const [, , , cluster = '', index = ''] = (row ?? '').split('|').map((cell) => cell.trim());
      const told = [
        ...index.matchAll(/`(\w+)`/g),
        ...[...cluster.matchAll(/`(\w+)`/g)].map(([, name]) => ['', `cluster: ${name}`]),
      ].map(([, name]) => name);
      expect(told, role).to.deep.equal([...rights]);
    }
  });
});
