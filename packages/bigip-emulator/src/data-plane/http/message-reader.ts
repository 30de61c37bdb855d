// Reads HTTP/1 messages from a byte stream, one at a time.
// Invariants: after a message ended, the next head is not parsed before next() is called, so pipelined requests wait
// in order; a callback may call next(), but feed() does not recurse.
import { BodyDecoder, type BodySink } from './body-decoder.ts';
import type { BodyFraming } from './framing.ts';
import { HttpSyntaxError } from './message-head.ts';

/** What a reader does with a head: how its body is framed, or hand the raw rest of the stream over. */
export type HeadResult = { framing: BodyFraming; sink: BodySink } | 'interim' | 'raw';

/** Device default `maxHeaderSize`. */
const HEAD_BYTES_MAX = 32_768;
const HEAD_END = Buffer.from('\r\n\r\n');

type State = 'waiting' | 'head' | 'body' | 'raw';

export class MessageReader {
  readonly #onHead: (text: string) => HeadResult;
  #state: State = 'head';
  #pending: Buffer | null = null;
  #decoder: BodyDecoder | null = null;
  #sink: BodySink | null = null;
  #untilClose = false;
  #isFeeding = false;

  /** @param onHead gets the head without its final blank line; may throw HttpSyntaxError */
  constructor(onHead: (text: string) => HeadResult) {
    this.#onHead = onHead;
  }

  /** Bytes that arrived but belong to a later message. */
  get pendingBytes(): number {
    return this.#pending?.length ?? 0;
  }

  /** Part of a head has arrived, and nothing else is in the way of the rest. */
  get isInHead(): boolean {
    return this.#state === 'head' && this.#pending !== null;
  }

  get isBetweenMessages(): boolean {
    return this.#state === 'waiting' || (this.#state === 'head' && this.#pending === null);
  }

  /** @throws HttpSyntaxError */
  feed(chunk: Buffer): void {
    this.#pending = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
    if (!this.#isFeeding) this.#process();
  }

  /** Lets the next message be read. @throws HttpSyntaxError */
  next(): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'head';
    if (!this.#isFeeding && this.#pending !== null) this.#process();
  }

  /** End of the stream. @returns false when it came in the middle of a message */
  finish(): boolean {
    if (this.#state === 'body' && this.#untilClose) {
      this.#state = 'waiting';
      this.#sink?.end(null);
      return true;
    }
    return this.isBetweenMessages;
  }

  /** After `raw`: the bytes read so far that are not HTTP any more. */
  takePending(): Buffer | null {
    const rest = this.#pending;
    this.#pending = null;
    return rest;
  }

  #process(): void {
    this.#isFeeding = true;
    try {
      while (this.#pending !== null && this.#step(this.#pending));
    } finally {
      this.#isFeeding = false;
    }
  }

  /** True when there may be more to do with what is pending. */
  #step(pending: Buffer): boolean {
    if (this.#state === 'head') return this.#readHead(pending);
    if (this.#state !== 'body' || this.#decoder === null) return false;
    this.#pending = null;
    const { next, isDone } = this.#decoder.feed(pending, 0);
    if (next < pending.length) this.#pending = pending.subarray(next);
    return isDone;
  }

  #readHead(pending: Buffer): boolean {
    // An empty line before a request is ignored (RFC 9112 2.2).
    const start = pending[0] === 0x0d && pending[1] === 0x0a ? 2 : 0;
    const end = pending.indexOf(HEAD_END, start);
    if (end === -1 || end > HEAD_BYTES_MAX) {
      if (pending.length > HEAD_BYTES_MAX) throw new HttpSyntaxError('Header section too large');
      return false;
    }
    const text = pending.toString('latin1', start, end);
    this.#pending = end + 4 < pending.length ? pending.subarray(end + 4) : null;
    // Waiting already while the head is handled: the handler may end the message and ask for the next.
    this.#state = 'waiting';
    const result = this.#onHead(text);
    if (result === 'interim') this.#state = 'head';
    else if (result === 'raw') {
      this.#state = 'raw';
      return false;
    } else this.#beginBody(result.framing, result.sink);
    return true;
  }

  #beginBody(framing: BodyFraming, sink: BodySink): void {
    if (framing.kind === 'none') {
      sink.end(null);
      return;
    }
    this.#state = 'body';
    this.#untilClose = framing.kind === 'until-close';
    this.#sink = sink;
    this.#decoder = new BodyDecoder(framing, {
      data: (chunk) => sink.data(chunk),
      end: (trailers) => {
        this.#state = 'waiting';
        this.#decoder = null;
        sink.end(trailers);
      },
    });
  }
}
