/** What people write into a cell that has no value, in half width and lower case; none of it is a name. */
const NOTHING: ReadonlySet<string> = new Set([
  ...['n/a', '?', '/', '-', '--', '−', '‐', '–', '—', '―'],
  ...[
    '無',
    '无',
    '沒有',
    '没有',
    '暫無',
    '暂无',
    '不明',
    '不詳',
    '不详',
    '未知',
    '未定',
    '未提供',
    '待補',
    '待补',
    '缺',
  ],
  ...['なし', '無し', '未設定', '없음', '미상'],
]);

/** Whether a cell says that it has no value: 無, N/A, -. */
export function saysNothing(value: unknown): boolean {
  return typeof value === 'string' && NOTHING.has(value.normalize('NFKC').trim().toLowerCase());
}
