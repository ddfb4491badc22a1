/** Letters that are written from right to left. */
const LEFTWARD = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Returns a value so that, written from right to left, it does not turn round the numbers that stand behind it in a sentence. */
export function setApart(value: string): string {
  return LEFTWARD.test(value) ? `\u2068${value}\u2069` : value;
}
