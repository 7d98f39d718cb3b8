// The dictionaries of opencc-js have no types. Each is one string with entries "from to", separated
// by "|".
declare module 'opencc-js/dict/*' {
  const entries: string;
  export { entries as default };
}
