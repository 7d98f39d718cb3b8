// The package has no types of its own.

declare module 'polylabel' {
  /** The pole of inaccessibility of a polygon, in the units of its coordinates. */
  function polylabel(
    polygon: readonly (readonly (readonly number[])[])[],
    precision?: number,
  ): [x: number, y: number];
  export = polylabel;
}
