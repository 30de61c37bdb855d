// Backslash sequences of Tcl, in words, expressions and lists alike. @see Tcl(n), rule 9

const ONE_CHARACTER: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const NUMERIC = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3}))/y;

/** @param at index of the backslash @returns what the sequence stands for, and the index behind it */
export function escapeAt(text: string, at: number): { text: string; next: number } {
  NUMERIC.lastIndex = at;
  const match = NUMERIC.exec(text);
  if (match !== null) {
    const [whole, hex, unicode, octal] = match;
    const code = octal === undefined ? parseInt(hex ?? unicode ?? '', 16) : parseInt(octal, 8);
    return { text: String.fromCharCode(code), next: at + whole.length };
  }
  const next = text[at + 1];
  if (next === undefined) return { text: '\\', next: at + 1 };
  if (next === '\n') return { text: ' ', next: endOfBlanks(text, at + 2) };
  return { text: ONE_CHARACTER[next] ?? next, next: at + 2 };
}

function endOfBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}
