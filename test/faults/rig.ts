import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import type { RebuildOptions } from '../../lib/rebuild/options.ts';
import type { DeadLetter } from '../../lib/source/dead-letters.ts';
import { type FaultProxy, faultProxy, type ProxiedRequest } from '../support/fault-proxy.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { ask, type Product, wipe } from '../support/clusters.ts';

export const ALIAS = 'places';

/** A record of these tests: its name ends in the version of its source. */
export interface Place {
  id: string;
  name: string;
  kind: string;
  country: string;
}

export function placesOf(version: string, count: number): Place[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `p${i}`,
    name: `Ka${i} ${version}`,
    kind: 'poi',
    country: 'TW',
  }));
}

/** Options under which these sources need no dictionary. */
export const PLAIN: Omit<RebuildOptions, 'alias' | 'dataDir'> = { readings: 'data' };

/** A proxy in front of the cluster, an index that goes through it, and an engine that does not. */
export interface Rig {
  proxy: FaultProxy;
  /** Through the proxy. */
  index: PlaceIndex;
  /** Straight to the cluster, to look at what is really there. */
  direct: Engine;
  /** Sends a request straight to the cluster, as `ask`. */
  ask<T>(method: string, path: string, body?: Record<string, unknown>): Promise<T | null>;
  dataDir: string;
  /** Fails unless the live index is exactly these places; a name stands for its id. */
  expectLive(places: readonly Place[]): Promise<void>;
  letters(file: string | null): DeadLetter[];
}

/** Made for a test or suite, and closed with it. */
export async function rig(product: Product, url: string): Promise<Rig> {
  const client = closeAtEnd(product.connect(url));
  await wipe(client, [ALIAS]);
  const dataDir = tempFolder();
  const proxy = closeAtEnd(await faultProxy(url));
  const through = closeAtEnd(product.connect(proxy.url));
  const index = closeAtEnd(
    new PlaceIndex(product.engine({ client: through, refresh: true }), { dataDir }),
  );
  const direct = product.engine({ client, refresh: true });
  return {
    proxy,
    index,
    direct,
    ask: (method, path, body) => ask(client, method, path, body),
    dataDir,
    async expectLive(places) {
      const wanted = new Map(places.map(({ id, name }) => [id, name]));
      const found = new Map<string, string>();
      for await (const { id, names } of direct.scan(ALIAS)) found.set(id, names[0]!.text);
      const wrong = [...found].filter(([id, name]) => wanted.get(id) !== name);
      const lost = [...wanted.keys()].filter((id) => !found.has(id));
      expect({ wrong: wrong.slice(0, 5), lost: lost.slice(0, 5) }).to.deep.equal({
        wrong: [],
        lost: [],
      });
    },
    letters: (file) =>
      file === null
        ? []
        : readFileSync(file, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as DeadLetter),
  };
}

/** Bulk requests of a fill. */
export const isFill = ({ path }: ProxiedRequest): boolean => /--fill-.*\/_bulk/.test(path);

/** The request that moves the alias. */
export const isSwap = ({ path, body }: ProxiedRequest): boolean =>
  path.startsWith('/_aliases') && body.includes(`"alias":"${ALIAS}"}`);
