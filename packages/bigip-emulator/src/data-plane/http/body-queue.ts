// Holds a request body back until somebody wants it, and while they cannot take more.
import type { BodySink } from './body-decoder.ts';
import type { Headers } from './headers.ts';

export class BodyQueue implements BodySink {
  readonly #setFlowing: (isFlowing: boolean) => void;
  #sink: BodySink | null = null;
  #chunks: Buffer[] = [];
  #isPaused = false;
  /** Undefined until the body is over. */
  #trailers: Headers | null | undefined;
  #isDelivered = false;

  /** @param setFlowing stops and restarts the source */
  constructor(setFlowing: (isFlowing: boolean) => void) {
    this.#setFlowing = setFlowing;
  }

  get isDelivered(): boolean {
    return this.#isDelivered;
  }

  data(chunk: Buffer): void {
    if (this.#sink !== null && !this.#isPaused) {
      this.#sink.data(chunk);
      return;
    }
    this.#chunks.push(chunk);
    this.#setFlowing(false);
  }

  end(trailers: Headers | null): void {
    this.#trailers = trailers;
    this.#flush();
  }

  deliverTo(sink: BodySink): void {
    this.#sink = sink;
    this.#flush();
    this.#setFlowing(true);
  }

  pause(): void {
    if (this.#trailers !== undefined || this.#isPaused) return;
    this.#isPaused = true;
    this.#setFlowing(false);
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#flush();
    this.#setFlowing(true);
  }

  #flush(): void {
    const sink = this.#sink;
    if (sink === null || this.#isDelivered) return;
    while (this.#chunks.length > 0 && !this.#isPaused) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) sink.data(chunk);
    }
    if (this.#chunks.length > 0 || this.#trailers === undefined) return;
    this.#isDelivered = true;
    sink.end(this.#trailers);
  }
}
