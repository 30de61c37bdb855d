// Text in Tcl, which iRules are written in.

/** A double-quoted word that stands for exactly this text. */
export function tclQuoted(text: string): string {
  const escaped = text
    .replaceAll(/[\\"$[\]{};]/g, (character) => `\\${character}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `"${escaped}"`;
}

/** One event of a rule, its commands indented. */
export function whenEvent(event: string, lines: readonly string[]): string {
  return [`when ${event} {`, ...lines.map((line) => `  ${line}`), '}'].join('\n');
}
