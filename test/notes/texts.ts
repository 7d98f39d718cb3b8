import type { Note } from '../../lib/notes/note.ts';

/** A few notes of our own, in the languages that they mix. */
export const DEFINITIONS: readonly Note[] = [
  {
    id: 'sakura',
    title: '陽明山賞櫻',
    body: '每年二月到三月，陽明山國家公園的櫻花盛開，適合親子一起賞櫻。公車260可達。',
    tags: ['台北', '賞花'],
    time: '2025-02-20',
  },
  {
    id: 'kiyomizu',
    title: '清水寺の秋',
    body: '清水寺へ紅葉を見に行きました。\n\nとても混んでいましたが、夜のライトアップは素晴らしかったです。',
    tags: ['京都', '紅葉'],
    time: '2025-11-20',
  },
  {
    id: 'longshan',
    title: '龍山寺',
    body: '台北最有名的寺廟，香火鼎盛。旁邊是剝皮寮老街。',
    tags: ['台北'],
    time: '2024-05-01',
  },
  {
    id: '101',
    title: 'Taipei 101',
    body: '台北101是一座摩天大樓，高508公尺。\n\nIt was the tallest building in the world until 2009.',
    tags: ['台北'],
  },
  {
    id: 'seoul',
    title: '강남 맛집',
    body: '서울특별시 강남구에서 맛있는 한식을 먹었다. 한식당은 역삼역 근처에 있다.',
  },
  {
    id: 'kinkaku',
    title: '金閣寺',
    body: '京都の金閣寺は正式には鹿苑寺という。金箔が貼られた舎利殿が池に映る。',
    tags: ['京都'],
    time: '2023-07-01',
  },
];
