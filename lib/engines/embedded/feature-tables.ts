import { imageTables } from './image-tables.ts';
import { placeTables } from './place-tables.ts';
import type { DocumentTables, Feature } from './tables.ts';

const TABLES: Readonly<Record<Feature, DocumentTables>> = {
  places: placeTables,
  images: imageTables,
};

/** The tables of what a generation is about. */
export function tablesOf({ feature }: { feature: Feature }): DocumentTables {
  return TABLES[feature];
}
