/** `exactly<number>()(value)` compiles only where the value has that type: not a wider one, and not `any`. */
export function exactly<Wanted>(): <Given>(value: Given, ...differ: Proof<Wanted, Given>) => void {
  return () => undefined;
}

type Proof<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never];
