// What the demo prints: headings, facts, bars and a line that shows that something is being waited for.
import picocolors from 'picocolors';
import type { Clock } from '@f5-lbaas/platform';

type Colors = ReturnType<typeof picocolors.createColors>;

/** Node's types say that `isTTY` is always there; on a pipe or a file it is not. */
interface Output {
  isTTY?: boolean;
  write(text: string): void;
}

export interface TerminalOptions {
  stream: Output;
  /** `NO_COLOR` is set. */
  noColor: boolean;
  clock: Clock;
}

const BAR_WIDTH = 30;
const FRAME_MS = 250;

export class Terminal {
  readonly #stream: Output;
  readonly #colors: Colors;
  readonly #clock: Clock;

  constructor(options: TerminalOptions) {
    this.#stream = options.stream;
    this.#clock = options.clock;
    // `isTTY` is undefined on a pipe, and undefined lets the library decide by environment: colours in files under CI.
    this.#colors = picocolors.createColors((options.stream.isTTY ?? false) && !options.noColor);
  }

  heading(text: string): void {
    this.#line(`\n${this.#colors.bold(text)}`);
  }

  done(text: string): void {
    this.#line(`  ${this.#colors.green('ok')}  ${text}`);
  }

  note(text: string): void {
    this.#line(`      ${this.#colors.dim(text)}`);
  }

  problem(text: string): void {
    this.#line(`  ${this.#colors.red('!!')}  ${text}`);
  }

  /** One bar per name, in proportion to the largest count. */
  bars(counts: ReadonlyMap<string, number>): void {
    const most = Math.max(1, ...counts.values());
    for (const [name, count] of counts) {
      const bar = '#'.repeat(Math.round((count / most) * BAR_WIDTH)).padEnd(BAR_WIDTH);
      this.#line(`      ${name.padEnd(12)} ${this.#colors.cyan(bar)} ${count}`);
    }
  }

  /**
   * Shows `text` and the seconds gone by while `work` runs: redrawn on a terminal, said once elsewhere.
   * @param work gets a function that replaces the text's last part, e.g. by a status
   */
  async waiting<T>(text: string, work: (state: (now: string) => void) => Promise<T>): Promise<T> {
    const startMs = this.#clock.nowMs();
    let state = '';
    let isRunning = true;
    const seconds = (): string => `${((this.#clock.nowMs() - startMs) / 1000).toFixed(1)} s`;
    const draw = (): void => {
      if (!isRunning) return;
      this.#stream.write(`\r\x1b[K  ${this.#colors.yellow('..')}  ${text} ${state} ${seconds()}`);
      this.#clock.after(FRAME_MS, draw);
    };
    if (this.#stream.isTTY === true) draw();
    else this.#line(`  ..  ${text}`);
    try {
      const result = await work((now) => {
        state = now;
      });
      this.#clear();
      this.done(`${text} ${state} (${seconds()})`.replace(/ +/g, ' '));
      return result;
    } catch (error) {
      this.#clear();
      throw error;
    } finally {
      isRunning = false;
    }
  }

  #clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K');
  }

  #line(text: string): void {
    this.#stream.write(`${text}\n`);
  }
}
