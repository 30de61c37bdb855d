// One HTTP/1 connection to a pool member: sends one request at a time and reads its response.
import type * as net from 'node:net';
import type { Flow, Member } from '../pool/member.ts';
import type { BodySink } from './body-decoder.ts';
import { responseFraming, type BodyFraming } from './framing.ts';
import { isKeepAlive, parseResponseHead, type ResponseHead } from './message-head.ts';
import { MessageReader, type HeadResult } from './message-reader.ts';

/** The exchange that waits for a response. */
export interface ResponseHandler {
  /** 1xx other than 101 */
  interim(head: ResponseHead): void;
  /** @returns where the body goes; its `end` closes the response */
  response(head: ResponseHead, framing: BodyFraming): BodySink;
  /** The connection is no HTTP any more (101, or 2xx to CONNECT). */
  upgraded(head: ResponseHead): void;
  /** The connection broke before the response was complete. */
  failed(error: Error): void;
  /** The member takes more of the request body. */
  drained(): void;
}

export class ServerConnection implements Flow {
  readonly member: Member;
  readonly socket: net.Socket;
  /** Requests sent so far. */
  uses = 0;
  /** Client side to reset when the member's flows are aborted; set by the exchange. */
  onAbort: (() => void) | null = null;
  readonly #reader: MessageReader;
  #handler: ResponseHandler | null = null;
  #method = '';
  #isReusable = true;
  #isDetached = false;

  /** @param onClosed called once when the connection is gone or handed over */
  constructor(member: Member, socket: net.Socket, onClosed: (self: ServerConnection) => void) {
    this.member = member;
    this.socket = socket;
    this.#reader = new MessageReader((text) => this.#onHead(text));
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#handler?.drained());
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      this.#fail(new Error('Connection closed by the pool member'));
      onClosed(this);
    });
  }

  /** May carry another request. */
  get isReusable(): boolean {
    return (
      this.#isReusable &&
      this.#handler === null &&
      this.#reader.pendingBytes === 0 &&
      this.socket.readable &&
      this.socket.writable &&
      this.#reader.isBetweenMessages
    );
  }

  get bufferedBytes(): number {
    return this.socket.writableLength;
  }

  /** Starts an exchange; the caller writes the request with write(). */
  begin(method: string, handler: ResponseHandler): void {
    this.uses += 1;
    this.#method = method;
    this.#handler = handler;
    this.#reader.next();
  }

  /** @returns false when the caller should wait for drained() */
  write(data: string | Buffer): boolean {
    this.member.meter.countIn(data.length);
    return typeof data === 'string' ? this.socket.write(data, 'latin1') : this.socket.write(data);
  }

  /** Nothing follows on this connection after the current exchange. */
  retire(): void {
    this.#isReusable = false;
  }

  /** The exchange is over on both sides. */
  release(): void {
    this.#handler = null;
    if (!this.#isReusable) this.socket.end(() => this.socket.destroy());
  }

  /** Hands the socket over for raw copying, with what was read beyond the head. */
  detach(): Buffer | null {
    this.#isDetached = true;
    this.#handler = null;
    this.#isReusable = false;
    this.socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('drain');
    return this.#reader.takePending();
  }

  /** Ends the connection, whatever it is doing, without telling the exchange. */
  destroy(): void {
    this.#handler = null;
    this.#isReusable = false;
    this.socket.destroy();
  }

  abort(): void {
    this.onAbort?.();
    this.destroy();
  }

  #onData(chunk: Buffer): void {
    this.member.meter.countOut(chunk.length);
    try {
      this.#reader.feed(chunk);
    } catch (error) {
      this.#fail(error as Error);
    }
    // Kept, it would be taken for the answer to the next request, maybe another client's.
    if (this.#handler === null && this.#reader.pendingBytes > 0)
      this.#fail(new Error('The pool member sent a response nobody asked for'));
  }

  #onHead(text: string): HeadResult {
    const handler = this.#handler;
    const head = parseResponseHead(text);
    if (handler === null) throw new Error('The pool member sent a response nobody asked for');
    const isTunnel = this.#method === 'CONNECT' && head.status >= 200 && head.status < 300;
    if (head.status === 101 || isTunnel) {
      handler.upgraded(head);
      return 'raw';
    }
    if (head.status < 200) {
      handler.interim(head);
      return 'interim';
    }
    const framing = responseFraming(head, this.#method);
    if (framing.kind === 'until-close' || !isKeepAlive(head)) this.#isReusable = false;
    return { framing, sink: handler.response(head, framing) };
  }

  #onEnd(): void {
    if (this.#isDetached) return;
    this.#isReusable = false;
    if (!this.#reader.finish() || this.#handler !== null)
      this.#fail(new Error('The pool member closed the connection'));
    else this.socket.destroy();
  }

  #fail(error: Error): void {
    this.#isReusable = false;
    if (this.#isDetached) return;
    const handler = this.#handler;
    this.#handler = null;
    this.socket.destroy();
    handler?.failed(error);
  }
}
