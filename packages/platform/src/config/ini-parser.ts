// The text of one configuration file, as oslo.config reads it. Pure; what options mean is not known here.
// @see oslo.config `oslo_config/iniparser.py`

/** One `key = value`, in the order of the file. */
interface IniEntry {
  /** As written; `DEFAULT` is the usual one. */
  section: string;
  key: string;
  /** Continuation lines are joined by line feeds; one pair of surrounding quotes is gone. */
  value: string;
  /** 1-based line of the key. */
  line: number;
}

interface IniProblem {
  line: number;
  message: string;
}

export interface IniFile {
  entries: IniEntry[];
  /** Lines that are neither sections, assignments, comments nor continuations. */
  problems: IniProblem[];
}

const COMMENT = /^[#;]/;

type LineKind = 'blank' | 'comment' | 'continuation' | 'section' | 'assignment';

function kindOf(raw: string): LineKind {
  if (raw.trim() === '') return 'blank';
  if (COMMENT.test(raw)) return 'comment';
  if (/^\s/.test(raw)) return 'continuation';
  return raw.startsWith('[') ? 'section' : 'assignment';
}

export function parseIni(text: string): IniFile {
  const entries: IniEntry[] = [];
  const problems: IniProblem[] = [];
  let section = '';
  let open: IniEntry | undefined;

  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    const problem = (message: string): void => void problems.push({ line, message });
    const kind = kindOf(raw);
    if (kind === 'continuation') {
      if (open) open.value += `\n${raw.trim()}`;
      else problem('Unexpected continuation line: remove the space at its start.');
    } else if (kind === 'section') {
      section = sectionName(raw, problem);
      open = undefined;
    } else if (kind === 'assignment') {
      open = assignment(raw.trim(), section, line, problem);
      if (open) entries.push(open);
    } else if (kind === 'blank') {
      // Unlike a comment, which may stand between the lines of one value.
      open = undefined;
    }
  }
  return {
    entries: entries.map((entry) => ({ ...entry, value: unquoted(entry.value) })),
    problems,
  };
}

function sectionName(raw: string, problem: (message: string) => void): string {
  const [, name = ''] = /^\[([^\]]*)\]\s*$/.exec(raw) ?? [];
  if (name.trim() === '') problem('Invalid section: write [name].');
  return name.trim();
}

function assignment(
  text: string,
  section: string,
  line: number,
  problem: (message: string) => void,
): IniEntry | undefined {
  const separator = text.search(/[=:]/);
  if (separator < 0) {
    problem("No '=' or ':' found in assignment.");
    return undefined;
  }
  const key = text.slice(0, separator).trim();
  if (key === '') {
    problem('Key cannot be empty.');
    return undefined;
  }
  if (section === '') {
    problem(`'${key}' stands in no section: put a line like [DEFAULT] before it.`);
    return undefined;
  }
  return { section, key, value: text.slice(separator + 1).trim(), line };
}

function unquoted(value: string): string {
  const first = value.charAt(0);
  const isQuoted = value.length > 1 && (first === '"' || first === "'") && value.endsWith(first);
  return isQuoted ? value.slice(1, -1) : value;
}

/** Splits at commas outside of quotes and trims; quotes around an item go. Empty items are left out. */
export function splitList(value: string): string[] {
  const items: string[] = [];
  let item = '';
  let quote = '';
  for (const char of value) {
    if (quote !== '') {
      if (char === quote) quote = '';
      else item += char;
    } else if ((char === '"' || char === "'") && item.trim() === '') {
      quote = char;
      item = '';
    } else if (char === ',' || char === '\n') {
      items.push(item);
      item = '';
    } else {
      item += char;
    }
  }
  items.push(item);
  return items.map((text) => text.trim()).filter((text) => text !== '');
}

/**
 * Reads `name:value,name:value`; only the first colon of a pair separates, so values may hold more.
 * DIFFERS: F5's agent drops what follows a second colon of `static_agent_configuration_data`.
 * @returns undefined for an item without a colon
 */
export function splitPairs(value: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const item of splitList(value)) {
    const separator = item.indexOf(':');
    if (separator < 1) return undefined;
    pairs.set(item.slice(0, separator).trim(), item.slice(separator + 1).trim());
  }
  return pairs;
}
