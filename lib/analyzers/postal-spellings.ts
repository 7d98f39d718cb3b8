/**
 * Spellings of the Chinese postal map, and others by which places were long known abroad. Keys are names without their
 * administrative word. Only spellings that no romanisation gives.
 *
 * Source: Playfair, The Cities and Towns of China (1910), as adopted by the Imperial Postal Joint-Session Conference
 * of 1906; for Taiwan the English names that its government kept when it adopted pinyin (Keelung, Tamsui, Kinmen).
 */
export const POSTAL_SPELLINGS: Readonly<Record<string, string>> = {
  基隆: 'keelung', 淡水: 'tamsui tamshui', 金門: 'quemoy kinmen', 高雄: 'takao', 太魯閣: 'taroko',
  台灣: 'formosa', 澎湖: 'pescadores',
  北京: 'peking peiping', 天津: 'tientsin', 南京: 'nanking', 重慶: 'chungking', 廣州: 'canton kwangchow', 廈門: 'amoy',
  汕頭: 'swatow', 福州: 'foochow', 杭州: 'hangchow', 蘇州: 'soochow', 青島: 'tsingtao', 濟南: 'tsinan', 西安: 'sian',
  成都: 'chengtu', 貴陽: 'kweiyang', 桂林: 'kweilin', 柳州: 'liuchow', 鄭州: 'chengchow',
  徐州: 'suchow', 揚州: 'yangchow', 常州: 'changchow', 無錫: 'wusih', 鎮江: 'chinkiang', 寧波: 'ningpo', 溫州: 'wenchow',
  紹興: 'shaohing', 嘉興: 'kashing', 湖州: 'huchow', 金華: 'kinhwa', 泉州: 'chuanchow', 漳州: 'changchow',
  九江: 'kiukiang', 安慶: 'anking', 合肥: 'hofei', 衡陽: 'hengyang', 漢口: 'hankow', 宜昌: 'ichang',
  沙市: 'shasi', 大連: 'dairen', 旅順: 'portarthur', 瀋陽: 'mukden', 哈爾濱: 'harbin', 吉林: 'kirin', 營口: 'yingkow',
  齊齊哈爾: 'tsitsihar', 煙台: 'chefoo', 威海衛: 'weihaiwei', 秦皇島: 'chinwangtao', 張家口: 'kalgan', 保定: 'paoting',
  包頭: 'paotow', 呼和浩特: 'huhehot', 歸綏: 'kweisui', 蘭州: 'lanchow', 西寧: 'sining', 銀川: 'yinchwan',
  烏魯木齊: 'urumchi', 迪化: 'tihwa', 喀什: 'kashgar', 拉薩: 'lhasa', 日喀則: 'shigatse', 海口: 'hoihow', 北海: 'pakhoi',
  梧州: 'wuchow', 江門: 'kongmoon', 佛山: 'fatshan', 惠州: 'waichow', 潮州: 'chaochow teochew', 肇慶: 'shiuhing',
  九龍: 'kowloon', 香港: 'hongkong', 澳門: 'macao macau', 贛州: 'kanchow', 景德鎮: 'kingtehchen', 牯嶺: 'kuling',
  江西: 'kiangsi', 江蘇: 'kiangsu', 浙江: 'chekiang', 福建: 'fukien', 廣東: 'kwangtung', 廣西: 'kwangsi',
  貴州: 'kweichow', 四川: 'szechwan szechuan', 湖北: 'hupeh', 河北: 'hopeh', 直隸: 'chihli', 陝西: 'shensi',
  甘肅: 'kansu', 青海: 'tsinghai kokonor', 新疆: 'sinkiang', 黑龍江: 'heilungkiang', 安徽: 'anhwei', 西藏: 'tibet',
  寧夏: 'ningsia', 熱河: 'jehol',
}; // prettier-ignore
