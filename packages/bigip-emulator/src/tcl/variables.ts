// Variables of a script: scalars and arrays, by frame. `::name` and names with a namespace are global.
import { TclError } from './errors.ts';

/** What a name stands for; shared by the frames that `global` and `upvar` link. */
export interface Variable {
  value?: string;
  elements?: Map<string, string>;
}

/** No script means more; bounds memory. */
const VALUE_CHARS_MAX = 4 * 1024 * 1024;

type Frame = Map<string, Variable>;

interface Place {
  name: string;
  index: string | undefined;
}

/** `a(b)` -> a, b */
function placeOf(text: string): Place {
  const match = /^([^(]*)\(([\s\S]*)\)$/.exec(text);
  return match === null
    ? { name: text, index: undefined }
    : { name: match[1] ?? '', index: match[2] ?? '' };
}

export class Variables {
  readonly #frames: Frame[] = [new Map<string, Variable>()];

  /** Runs with a frame of its own. */
  inFrame<T>(run: () => T): T {
    this.#frames.push(new Map<string, Variable>());
    try {
      return run();
    } finally {
      this.#frames.pop();
    }
  }

  get depth(): number {
    return this.#frames.length;
  }

  find(name: string): string | undefined {
    const place = placeOf(name);
    const variable = this.#look(place.name);
    return place.index === undefined ? variable?.value : variable?.elements?.get(place.index);
  }

  /** @throws TclError when it is not set */
  get(name: string): string {
    const value = this.find(name);
    if (value !== undefined) return value;
    const place = placeOf(name);
    const variable = this.#look(place.name);
    if (place.index === undefined && variable?.elements !== undefined) {
      throw new TclError(`can't read "${name}": variable is array`);
    }
    const isElement = place.index !== undefined && variable?.elements !== undefined;
    const why = isElement ? 'no such element in array' : 'no such variable';
    throw new TclError(`can't read "${name}": ${why}`);
  }

  /** @throws TclError when an array is meant and the name is none, or the reverse */
  set(name: string, value: string): string {
    if (value.length > VALUE_CHARS_MAX) throw new TclError(`can't set "${name}": value too large`);
    const place = placeOf(name);
    const variable = this.#make(place.name);
    if (place.index === undefined) {
      if (variable.elements !== undefined)
        throw new TclError(`can't set "${name}": variable is array`);
      variable.value = value;
    } else {
      if (variable.value !== undefined)
        throw new TclError(`can't set "${name}": variable isn't array`);
      variable.elements ??= new Map();
      variable.elements.set(place.index, value);
    }
    return value;
  }

  isSet(name: string): boolean {
    const place = placeOf(name);
    const variable = this.#look(place.name);
    if (place.index !== undefined) return variable?.elements?.has(place.index) === true;
    return variable?.value !== undefined || variable?.elements !== undefined;
  }

  /** False when there was none. */
  unset(name: string): boolean {
    const place = placeOf(name);
    if (!this.isSet(name)) return false;
    const variable = this.#look(place.name);
    if (place.index !== undefined) return variable?.elements?.delete(place.index) === true;
    if (variable !== undefined) {
      delete variable.value;
      delete variable.elements;
    }
    return true;
  }

  /** Elements of an array; undefined when the name is none. */
  elements(name: string): ReadonlyMap<string, string> | undefined {
    return this.#look(name)?.elements;
  }

  /** Names that are set in the innermost frame, or the global ones. */
  names(isGlobal: boolean): string[] {
    const frame = isGlobal ? this.#frames[0] : this.#frames.at(-1);
    return [...(frame ?? [])]
      .filter(([, { value, elements }]) => value !== undefined || elements !== undefined)
      .map(([name]) => name);
  }

  /** Makes a local name stand for a variable of another frame. @param level absolute, 0 is global */
  link(local: string, level: number, other: string): void {
    const here = this.#frames.at(-1);
    const there = this.#frames[level];
    if (here === undefined || there === undefined) throw new TclError(`bad level "${level}"`);
    here.set(local, makeIn(there, other));
  }

  #frameOf(name: string): { frame: Frame | undefined; key: string } {
    const key = name.replace(/^::/, '');
    const isGlobal = name.startsWith('::') || key.includes('::');
    return { frame: isGlobal ? this.#frames[0] : this.#frames.at(-1), key };
  }

  #look(name: string): Variable | undefined {
    const { frame, key } = this.#frameOf(name);
    return frame?.get(key);
  }

  #make(name: string): Variable {
    const { frame, key } = this.#frameOf(name);
    return makeIn(frame ?? new Map<string, Variable>(), key);
  }
}

function makeIn(frame: Frame, name: string): Variable {
  const key = name.replace(/^::/, '');
  const known = frame.get(key) ?? {};
  frame.set(key, known);
  return known;
}
