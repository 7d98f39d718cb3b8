/** What a way to cover a text is worth; the name itself is worth what `RANKING` says. */
export const COVER_VALUES: Readonly<
  Record<
    | 'qualified'
    | 'nearest'
    | 'namesake'
    | 'between'
    | 'again'
    | 'againPart'
    | 'againAlike'
    | 'rest'
    | 'restUnit'
    | 'secondRest'
    | 'restBefore'
    | 'restBeforeGlued'
    | 'restSkipped'
    | 'around'
    | 'restKnown'
    | 'restInside'
    | 'restElsewhere'
    | 'street'
    | 'number',
    number
  >
> = Object.freeze({
  /** Containers were typed beside the place. */
  qualified: -0.05,
  /** One of them is the nearest. */
  nearest: 0.1,
  /**
   * The part that is the name is that of a container as well, and a deeper one was typed: 광주광역시 서구 is
   * rather the district than a point in it that is called as the city.
   */
  namesake: -1,
  /** Containers stand on both sides of the name: parts go from small to large, or from large to small. */
  between: -0.2,
  /** Another name of the same place, or another spelling of it. */
  again: 0.01,
  againPart: -0.05,
  /** In the same script: 博多区博多駅前 is rather 博多駅前 than 博多区, which has that alias. */
  againAlike: -0.6,
  /** Nothing that the index holds: for the first such part, and for each character more. */
  rest: -0.5,
  restUnit: -0.03,
  secondRest: -0.4,
  /** In front of the name; the same without a separator behind: names without spaces go from large to small. */
  restBefore: -0.25,
  restBeforeGlued: -0.8,
  /** Between a container and the name at the end: a container that the record lacks, 美国加利福尼亚州洛杉矶. */
  restSkipped: -0.15,
  /** A place around it that it does not state as a container. */
  around: -0.2,
  /** A rest of a known kind: a leading postal code, the streets of a crossing. */
  restKnown: -0.1,
  /** Cut between two letters of a script without spaces, where no word tells the end of a name. */
  restInside: -0.15,
  /** A container stands in the rest that is none of the place's. */
  restElsewhere: -0.1,
  /** The part beside it names a street: Pennsylvania Avenue, 中山北路, rue de Paris. */
  street: -1,
  /** A house number stands behind a station or sight: rather the area of that name, 舞浜1番地. */
  number: -0.3,
});
