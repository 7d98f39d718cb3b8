import { RequestError } from './problem.ts';
import type { Route } from './route.ts';

/** What a path leads to. */
export interface Found {
  /** By method. */
  routes: Readonly<Partial<Record<string, Route>>>;
  /** As in the `Allow` header. */
  methods: string;
  /** The path's `{id}`, still encoded; empty where it has none. */
  id: string;
}

/**
 * Finds the routes of a path. Paths are compared as they are written: no normalisation, so nothing but
 * the documented paths leads anywhere.
 *
 * @returns Null where there is none.
 */
export function routerOf(routes: readonly Route[]): (path: string) => Found | null {
  const byPath = new Map<string, Omit<Found, 'id'>>();
  for (const route of routes) {
    const key = route.path.replace('{id}', '');
    const before = byPath.get(key)?.routes ?? {};
    const own = {
      ...before,
      [route.method]: route,
      ...(route.method === 'GET' && { HEAD: route }),
    };
    byPath.set(key, { routes: own, methods: [...Object.keys(own), 'OPTIONS'].join(', ') });
  }
  return (path) => {
    const end = path.lastIndexOf('/') + 1;
    const id = path.slice(end);
    const exact = byPath.get(path);
    if (exact && !path.endsWith('/')) return { ...exact, id: '' };
    const under = id === '' || end === 1 ? undefined : byPath.get(path.slice(0, end));
    return under ? { ...under, id } : null;
  };
}

/** Characters of an id, past any that an index takes. */
const ID_LENGTH = 2048;

/**
 * An id as it stands in a path.
 *
 * @throws {RequestError} 400 `ID_INVALID`.
 */
export function decodeId(encoded: string): string {
  try {
    const id = decodeURIComponent(encoded);
    if (id.length <= ID_LENGTH) return id;
  } catch {
    // Told below.
  }
  const hint = 'Encode it as encodeURIComponent does.';
  throw new RequestError('ID_INVALID', 'The id in the path can not be read', hint, { status: 400 });
}
