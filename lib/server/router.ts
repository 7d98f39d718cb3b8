import { RequestError } from './problem.ts';
import type { Route } from './route.ts';

/** The routes of a path. */
export interface Found {
  /** Routes by method. */
  routes: Readonly<Partial<Record<string, Route>>>;
  /** Value of the `Allow` header. */
  methods: string;
  /** The path's `{id}`, still encoded; empty if it has none. */
  id: string;
}

/**
 * Makes a function that finds the routes of a path. Paths are not normalised, so only the
 * documented ones match.
 *
 * @returns The function returns null if there is none.
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

/** Most characters of an id, more than any index accepts. */
const ID_LENGTH = 2048;

/**
 * Decodes the id of a path.
 *
 * @throws {RequestError} 400 `ID_INVALID`.
 */
export function decodeId(encoded: string): string {
  try {
    const id = decodeURIComponent(encoded);
    if (id.length <= ID_LENGTH) return id;
  } catch {
    // Reported below.
  }
  const hint = 'Encode it as encodeURIComponent does.';
  throw new RequestError('ID_INVALID', 'The id in the path can not be read', hint, { status: 400 });
}
