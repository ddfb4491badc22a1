/** Shortens names and references for the eye. */

/** Returns the first letters of the first and last name; of a name without any, its first character. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  // A picture beside a name is no part of it, and half a character is none.
  const letters = words.map((word) => /\p{L}\p{M}*/u.exec(word)?.[0]).filter((one) => one !== undefined);
  const first = letters[0] ?? [...(words[0] ?? '')][0] ?? '';
  const last = letters.length > 1 ? (letters.at(-1) ?? '') : '';
  return (first + last).toLocaleUpperCase('pt-BR');
}

const LONGEST = 16;

/** Leaves out the middle of a long reference, whose ends are what people compare. */
export function shortened(reference: string): string {
  const letters = [...reference];
  if (letters.length <= LONGEST) return reference;
  return `${letters.slice(0, 8).join('')}…${letters.slice(-4).join('')}`;
}
