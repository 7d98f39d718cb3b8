/** How spreadsheets show a number of more than 11 digits, and save it: 1.23E+11. */
const ROUNDED = /^\d(?:\.\d+)?E\+\d{2,3}$/;
/** What they make of 3-4, 7/11 or MAR1 that is typed or opened: 3月4日, 11-Jul, Mar-01, 03월 04일. */
const DATE =
  /^(?:\d{1,2}月\d{1,2}日|\d{1,2}월 ?\d{1,2}일|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2})$/;

/**
 * Whether a text can only be what a spreadsheet made of another, which is lost.
 *
 * @example
 * isSpoilt('1.23E+11'); // => true
 */
export function isSpoilt(text: string): boolean {
  return ROUNDED.test(text) || DATE.test(text);
}
