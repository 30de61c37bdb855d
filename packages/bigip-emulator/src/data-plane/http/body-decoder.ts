// Cuts a message body out of a byte stream: content only, chunk framing removed.
import type { BodyFraming } from './framing.ts';
import type { Headers } from './headers.ts';
import { HttpSyntaxError, parseFields } from './message-head.ts';

export interface BodySink {
  data(chunk: Buffer): void;
  /** @param trailers fields after a chunked body, null when there were none */
  end(trailers: Headers | null): void;
}

const CR = 0x0d;
const LF = 0x0a;
/** Bounds a chunk-size line and the trailer section. */
const LINE_BYTES_MAX = 8192;

type ChunkState = 'size' | 'data' | 'data-end' | 'trailer';

export class BodyDecoder {
  readonly #sink: BodySink;
  readonly #kind: BodyFraming['kind'];
  #remaining: number;
  #state: ChunkState = 'size';
  #line = '';
  #trailers: string[] = [];
  #trailerBytes = 0;

  constructor(framing: BodyFraming, sink: BodySink) {
    this.#sink = sink;
    this.#kind = framing.kind;
    this.#remaining = framing.kind === 'length' ? framing.length : 0;
  }

  /**
   * Takes the part of `chunk` from `from` that belongs to the body.
   * @returns where the next message starts; equal to the chunk's length while the body goes on
   * @throws HttpSyntaxError
   */
  feed(chunk: Buffer, from: number): { next: number; isDone: boolean } {
    if (this.#kind === 'chunked') return this.#feedChunked(chunk, from);
    if (this.#kind === 'until-close') {
      this.#sink.data(from === 0 ? chunk : chunk.subarray(from));
      return { next: chunk.length, isDone: false };
    }
    const take = Math.min(this.#remaining, chunk.length - from);
    if (take > 0)
      this.#sink.data(take === chunk.length ? chunk : chunk.subarray(from, from + take));
    this.#remaining -= take;
    if (this.#remaining > 0) return { next: from + take, isDone: false };
    this.#sink.end(null);
    return { next: from + take, isDone: true };
  }

  #feedChunked(chunk: Buffer, from: number): { next: number; isDone: boolean } {
    let at = from;
    while (at < chunk.length) {
      if (this.#state === 'data') {
        const take = Math.min(this.#remaining, chunk.length - at);
        this.#sink.data(chunk.subarray(at, at + take));
        this.#remaining -= take;
        at += take;
        if (this.#remaining === 0) this.#state = 'data-end';
        continue;
      }
      const lineEnd = chunk.indexOf(LF, at);
      const stop = lineEnd === -1 ? chunk.length : lineEnd + 1;
      this.#line += chunk.toString('latin1', at, stop);
      if (this.#line.length > LINE_BYTES_MAX) throw new HttpSyntaxError('Chunk line too long');
      at = stop;
      if (lineEnd !== -1 && this.#endOfLine()) return { next: at, isDone: true };
    }
    return { next: at, isDone: false };
  }

  /** True when the body is over. */
  #endOfLine(): boolean {
    const raw = this.#line;
    this.#line = '';
    if (raw.charCodeAt(raw.length - 2) !== CR) throw new HttpSyntaxError('Malformed chunk');
    const line = raw.slice(0, -2);
    switch (this.#state) {
      case 'size':
        this.#remaining = chunkSize(line);
        this.#state = this.#remaining === 0 ? 'trailer' : 'data';
        return false;
      case 'data-end':
        if (line !== '') throw new HttpSyntaxError('Chunk longer than announced');
        this.#state = 'size';
        return false;
      case 'data':
        return false;
      case 'trailer':
        if (line === '') {
          this.#sink.end(this.#trailers.length === 0 ? null : parseFields(this.#trailers));
          return true;
        }
        this.#trailerBytes += line.length;
        if (this.#trailerBytes > LINE_BYTES_MAX) throw new HttpSyntaxError('Trailers too long');
        this.#trailers.push(line);
        return false;
    }
  }
}

function chunkSize(line: string): number {
  const match = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line);
  if (match?.[1] === undefined) throw new HttpSyntaxError('Malformed chunk size');
  return Number.parseInt(match[1], 16);
}
