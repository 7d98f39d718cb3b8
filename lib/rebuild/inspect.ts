import type { PlaceDocument } from '../autocomplete/record/document.ts';
import type { Documents } from '../engines/engine.ts';
import { PLACES } from '../engines/places.ts';
import { checkOptions, OPTION_INVALID, SIGNAL, type Spec } from '../options.ts';

/** Options of `inspect`. */
export interface InspectOptions {
  signal?: AbortSignal;
}

/** Options of `PlaceIndex.inspect`. */
export const INSPECT_SPEC: Spec<InspectOptions> = {
  code: OPTION_INVALID,
  options: { signal: SIGNAL },
};

/** A fault of a document of an index. */
export interface DocumentFault {
  id: string;
  /** FORM: not a document of this schema. PARENT_NOT_INDEXED: a container is not in the index. */
  problem: 'FORM' | 'PARENT_NOT_INDEXED';
  detail: string;
}

/** Result of an inspection. */
export interface Inspection {
  documents: number;
  faults: number;
}

/** Documents whose parents are looked up together. */
const PAGE = 500;

/**
 * Inspects every document of an index: its form, and whether its parents are indexed.
 *
 * @param onFault - Called for each fault, in order of id within a page.
 */
export async function inspectDocuments(
  engine: Documents,
  index: string,
  onFault: (fault: DocumentFault) => void,
  options: InspectOptions = {},
): Promise<Inspection> {
  checkOptions(INSPECT_SPEC, options);
  const result: Inspection = { documents: 0, faults: 0 };
  const known = new Map<string, boolean>();
  const report = (fault: DocumentFault): void => {
    result.faults += 1;
    onFault(fault);
  };
  let page: PlaceDocument[] = [];
  const check = async (): Promise<void> => {
    options.signal?.throwIfAborted();
    const parents = [
      ...new Set(page.flatMap((d) => (formFault(d) ? [] : d.parents.map((p) => p.id)))),
    ];
    const unknown = parents.filter((id) => !known.has(id));
    const versions = await engine.versions(index, unknown);
    unknown.forEach((id, i) => known.set(id, versions[i] !== null));
    for (const document of page) {
      const fault = formFault(document);
      if (fault !== null) {
        report({ id: String(document.id), problem: 'FORM', detail: fault });
        continue;
      }
      for (const { id } of document.parents) {
        if (!known.get(id)) report({ id: document.id, problem: 'PARENT_NOT_INDEXED', detail: id });
      }
    }
    page = [];
  };
  for await (const document of engine.scan(index)) {
    result.documents += 1;
    page.push(document);
    if (page.length >= PAGE) await check();
  }
  await check();
  return result;
}

function formFault(document: PlaceDocument): string | null {
  const { names, parents, keys, within, kind } = document;
  if (!Array.isArray(names) || names.length === 0) return 'it has no names';
  if (!Array.isArray(parents) || !Array.isArray(within)) return 'it has no list of parents';
  if (typeof kind !== 'string') return 'it has no kind';
  if (typeof keys !== 'object' || !Array.isArray(keys.name)) return 'it has no keys';
  return PLACES.faultOf(document);
}
