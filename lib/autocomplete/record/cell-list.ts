/** Separators in a text with several values. */
const LIST = /[;；|｜]/u;

/** The values of a text such as 阿里山;森林鐵路. 、 separates only where nothing else does, since names may have it. */
export function partsOf(text: string): string[] {
  const parts = text.split(LIST);
  return parts.length > 1 ? parts : text.split('、');
}
