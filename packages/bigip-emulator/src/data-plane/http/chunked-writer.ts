// Frames a body of unknown length for HTTP/1.1.
import type { BodySink } from './body-decoder.ts';
import type { Headers } from './headers.ts';

const LINE_END = Buffer.from('\r\n');
/** Small pieces are copied into one buffer: cheaper than three writes. */
const COPY_BYTES_MAX = 16_384;

export class ChunkedWriter implements BodySink {
  readonly #write: (data: Buffer | string) => boolean;

  constructor(write: (data: Buffer | string) => boolean) {
    this.#write = write;
  }

  data(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    const size = `${chunk.length.toString(16)}\r\n`;
    if (chunk.length > COPY_BYTES_MAX) {
      this.#write(size);
      this.#write(chunk);
      return this.#write(LINE_END);
    }
    const framed = Buffer.allocUnsafe(size.length + chunk.length + 2);
    framed.write(size, 0, 'latin1');
    chunk.copy(framed, size.length);
    framed.write('\r\n', size.length + chunk.length, 'latin1');
    return this.#write(framed);
  }

  end(trailers: Headers | null): void {
    this.#write(`0\r\n${trailers?.serialise() ?? ''}\r\n`);
  }
}
