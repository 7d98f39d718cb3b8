/**
 * Han characters of a two-byte charset, decoded from all its code positions.
 *
 * @param label - Of the WHATWG Encoding Standard.
 * @param first - First and last lead byte. @param second - First and last trail byte.
 */
function charset(
  label: string,
  first: [number, number],
  second: [number, number],
): ReadonlySet<string> {
  const decoder = new TextDecoder(label);
  const characters = new Set<string>();
  const width = second[1] - second[0] + 1;
  for (let lead = first[0]; lead <= first[1]; lead++) {
    // A line feed after each pair keeps a decoding error from affecting the next pair.
    const row = new Uint8Array(width * 3).fill(0x0a);
    for (let index = 0; index < width; index++) row.set([lead, second[0] + index], index * 3);
    for (const pair of decoder.decode(row).split('\n')) {
      if (/^\p{Script=Han}$/u.test(pair)) characters.add(pair);
    }
  }
  return characters;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Han characters of GB 2312: everyday Simplified Chinese, 6,763 characters. */
export const gb2312: () => ReadonlySet<string> = once(() =>
  charset('gbk', [0xb0, 0xf7], [0xa1, 0xfe]),
);

/** Han characters of Big5, levels 1 and 2: Traditional Chinese, 13,053 characters. */
export const big5: () => ReadonlySet<string> = once(() =>
  charset('big5', [0xa4, 0xf9], [0x40, 0xfe]),
);

/** Han characters of JIS X 0208, levels 1 and 2, with 々 and 〆: Japanese, 6,355 kanji. */
export const jisX0208: () => ReadonlySet<string> = once(() =>
  charset('euc-jp', [0xa1, 0xf4], [0xa1, 0xfe]),
);

/**
 * Han characters that Japanese vendors added to JIS X 0208, as the Web decodes them: 360 kanji,
 * including name forms such as 髙 and 﨑.
 */
export const jisExtensions: () => ReadonlySet<string> = once(() =>
  charset('euc-jp', [0xf9, 0xfc], [0xa1, 0xfe]),
);
