// From files to checked values: later files win, errors name file, line, section and option, and whatever has no
// effect is said instead of ignored.
import { parseIni } from './ini-parser.ts';
import type { Option } from './option.ts';

/** Option key in the code -> option. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

export type ValuesOf<T extends OptionTable> = {
  [K in keyof T]: T[K] extends Option<infer V> ? V : never;
};

export interface ConfigurationFile {
  path: string;
  text: string;
  /**
   * The file belongs to other services as well (for example neutron.conf): what is unknown in it is theirs.
   * @default false
   */
  isShared?: boolean;
}

export interface Configuration<T extends OptionTable> {
  values: ValuesOf<T>;
  /** Keys of options that a file sets. */
  given: ReadonlySet<keyof T>;
  /** Sentences for the log: unknown options, options without effect, deprecated names. */
  warnings: string[];
}

/** All that is wrong, one sentence per line. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((p) => `  ${p}`).join('\n')}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

interface Given {
  value: string;
  /** `file:line` */
  where: string;
}

const DEFAULT_GROUP = 'DEFAULT';

function keyOf(group: string, name: string): string {
  return `[${group}] ${name}`;
}

/**
 * @param files in order of precedence, the strongest last
 * @throws ConfigurationError with everything that is wrong, not only the first
 */
export function readConfiguration<T extends OptionTable>(
  table: T,
  files: readonly ConfigurationFile[],
): Configuration<T> {
  const reader = new Reader(table, files);
  const values: Record<string, unknown> = {};
  const given = new Set<keyof T>();
  for (const [key, option] of Object.entries(table)) {
    const found = reader.read(option);
    values[key] = found === undefined ? option.default : found.value;
    if (found !== undefined) given.add(key);
  }
  if (reader.problems.length > 0) throw new ConfigurationError(reader.problems);
  // One value per key of the table, each read or defaulted by its own option.
  return { values: values as ValuesOf<T>, given, warnings: reader.warnings };
}

class Reader {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  readonly #given = new Map<string, Given[]>();
  readonly #known: ReadonlySet<string>;
  readonly #paths: readonly string[];

  constructor(table: OptionTable, files: readonly ConfigurationFile[]) {
    this.#paths = files.map((file) => file.path);
    this.#known = new Set(
      Object.values(table).flatMap((option) =>
        [option.name, ...(option.deprecatedNames ?? [])].map((name) =>
          keyOf(option.group ?? DEFAULT_GROUP, name),
        ),
      ),
    );
    for (const file of files) this.#take(file);
  }

  read(option: Option<unknown>): { value: unknown } | undefined {
    const given = this.#valuesOf(option);
    const winner = given?.at(-1);
    const key = keyOf(option.group ?? DEFAULT_GROUP, option.name);
    if (option.isRequired === true) this.#require(option, winner);
    if (given === undefined || winner === undefined) return undefined;
    if (option.noEffect !== undefined) {
      this.warnings.push(`${winner.where}: ${key} has no effect: ${option.noEffect}.`);
      return undefined;
    }
    const parsed = option.parse(given.map(({ value }) => this.#substituted(value)));
    if ('value' in parsed) return parsed;
    const problem = option.isSecret === true ? 'its value cannot be used' : parsed.problem;
    this.problems.push(`${winner.where}: ${key}: ${problem}.`);
    return undefined;
  }

  #require(option: Option<unknown>, winner: Given | undefined): void {
    if (winner !== undefined && winner.value !== '') return;
    const where = winner?.where ?? this.#paths.join(', ');
    const key = keyOf(option.group ?? DEFAULT_GROUP, option.name);
    this.problems.push(`${where}: ${key} is required: ${option.help}`);
  }

  #take(file: ConfigurationFile): void {
    const { entries, problems } = parseIni(file.text);
    for (const { line, message } of problems)
      this.problems.push(`${file.path}:${line}: ${message}`);
    for (const { section, key: name, value, line } of entries) {
      const key = keyOf(section, name);
      const where = `${file.path}:${line}`;
      this.#given.set(key, [...(this.#given.get(key) ?? []), { value, where }]);
      if (!this.#known.has(key) && file.isShared !== true) {
        this.warnings.push(`${where}: ${key} is not an option known here and is ignored.`);
      }
    }
  }

  #valuesOf(option: Option<unknown>): Given[] | undefined {
    const group = option.group ?? DEFAULT_GROUP;
    const given = this.#given.get(keyOf(group, option.name));
    if (given) return given;
    for (const name of option.deprecatedNames ?? []) {
      const old = this.#given.get(keyOf(group, name));
      if (old === undefined) continue;
      const where = old.at(-1)?.where ?? '';
      this.warnings.push(`${where}: ${keyOf(group, name)} is deprecated: write ${option.name}.`);
      return old;
    }
    return undefined;
  }

  /**
   * `$name` and `${group.name}` stand for other values of the files; `$$` for a dollar sign. What names nothing
   * stays as it is, since passwords may hold dollar signs.
   * @see oslo.config "Option Value Interpolation"
   */
  #substituted(value: string, depth = 0): string {
    if (!value.includes('$') || depth > SUBSTITUTION_DEPTH) return value;
    return value.replaceAll(
      /\$\$|\$\{(?:([^.}]+)\.)?([^}]+)\}|\$([A-Za-z_]\w*)/g,
      (whole: string, group: string | undefined, braced?: string, bare?: string) => {
        if (whole === '$$') return '$';
        const found = this.#given.get(keyOf(group ?? DEFAULT_GROUP, braced ?? bare ?? ''))?.at(-1);
        return found === undefined ? whole : this.#substituted(found.value, depth + 1);
      },
    );
  }
}

/** Values may refer to values that refer to others; more than this is a circle. */
const SUBSTITUTION_DEPTH = 10;
