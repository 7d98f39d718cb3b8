/** The known name most similar to an unknown one; null if none is similar. */
export function nearestName(unknown: string, known: readonly string[]): string | null {
  const [best] = known
    .map((name) => ({ name, like: likeness(name, unknown) }))
    .sort((a, b) => b.like - a.like);
  return best && best.like >= LIKE ? best.name : null;
}

/** Least likeness of two names for one to be a typing error of the other. */
const LIKE = 0.45;
/** A longer name is no typing error. */
const LONGEST_NAME = 64;

/** Share of pairs of letters that two names have in common (Dice), with their ends; 0..1. */
function likeness(a: string, b: string): number {
  if (b.length > LONGEST_NAME) return 0;
  const pairs = (name: string): string[] => {
    const text = `^${name.toLowerCase()}$`;
    return Array.from({ length: text.length - 1 }, (_, i) => text.slice(i, i + 2));
  };
  const [first, second] = [pairs(a), pairs(b)];
  const common = first.filter((pair) => second.includes(pair)).length;
  return (2 * common) / (first.length + second.length);
}
