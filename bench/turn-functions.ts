// What `bench -- turns` counts: searches over the index of a folder, which the address of this module names.
import { embedded } from '../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import type { Counted } from '../test/support/steps.ts';

const dataDir = new URL(import.meta.url).searchParams.get('data')!;
const places = new PlaceIndex(embedded({ dataDir, threads: 0, readOnly: true }));

const functions: Counted = {
  suggest: (text) => places.suggest(text, { limit: 100, explain: true }),
  search: (text) => places.search(text, { limit: 100, explain: true }),
};
// Tables are read at first use.
for (const work of Object.values(functions)) await work('中山 駅');

export default functions;
