// The dictionaries of opencc-js carry no types: one string, entries "from to" separated by "|".
declare module 'opencc-js/dict/*' {
  const entries: string;
  export { entries as default };
}
