import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedWriter } from './chunked-writer.ts';
import { requestFraming } from './framing.ts';
import { Headers } from './headers.ts';
import { HttpSyntaxError, parseRequestHead, serialiseRequest } from './message-head.ts';
import { MessageReader } from './message-reader.ts';

/** Reads requests from pieces and returns `target body [trailers]` of each. */
function readAll(pieces: Buffer[]): string[] {
  const messages: string[] = [];
  const reader: MessageReader = new MessageReader((text) => {
    const head = parseRequestHead(text);
    let body = '';
    return {
      framing: requestFraming(head),
      sink: {
        data: (chunk) => (body += chunk.toString('latin1')),
        end: (trailers) => {
          messages.push(`${head.target} ${body} ${trailers?.serialise() ?? ''}`);
          reader.next();
        },
      },
    };
  });
  for (const piece of pieces) reader.feed(piece);
  return messages;
}

function cut(data: Buffer, at: number[]): Buffer[] {
  const places = [...new Set(at.map((place) => place % data.length))].sort((a, b) => a - b);
  return [0, ...places].map((start, i) => data.subarray(start, places[i] ?? data.length));
}

const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', ':', ' '), maxLength: 40 });
const message = fc.record({
  target: fc.nat(999).map((n) => `/${n}`),
  pieces: fc.array(text, { maxLength: 4 }),
  isChunked: fc.boolean(),
  hasTrailer: fc.boolean(),
});

function encode({
  target,
  pieces,
  isChunked,
  hasTrailer,
}: typeof message extends fc.Arbitrary<infer T> ? T : never): string {
  const headers = new Headers(['Host', 'h']);
  const body = pieces.join('');
  if (isChunked) headers.add('Transfer-Encoding', 'chunked');
  else headers.add('Content-Length', String(body.length));
  const head = serialiseRequest({ method: 'POST', target, version: '1.1', headers });
  if (!isChunked) return head + body;
  let framed = '';
  const writer = new ChunkedWriter((data) => {
    framed += data.toString('latin1');
    return true;
  });
  for (const piece of pieces) writer.data(Buffer.from(piece, 'latin1'));
  writer.end(hasTrailer ? new Headers(['X-Sum', '1']) : null);
  return head + framed;
}

describe('MessageReader', () => {
  it('reads the same messages wherever the stream is cut', () => {
    const cuts = fc.array(fc.nat(2_000), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), cuts, (messages, places) => {
        const data = Buffer.from(messages.map(encode).join(''), 'latin1');
        const expected = messages.map(
          ({ target, pieces, isChunked, hasTrailer }) =>
            `${target} ${pieces.join('')} ${isChunked && hasTrailer ? 'X-Sum: 1\r\n' : ''}`,
        );

        expect(readAll(cut(data, places))).toEqual(expected);
        expect(readAll([...data].map((byte) => Buffer.from([byte])))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('answers arbitrary bytes with nothing but a syntax error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const data = Buffer.concat([
          Buffer.from('POST / HTTP/1.1\r\n'),
          bytes,
          Buffer.from('\r\n\r\n'),
        ]);
        try {
          readAll([data]);
        } catch (error) {
          expect(error).toBeInstanceOf(HttpSyntaxError);
        }
      }),
    );
  });

  it('does not read the next message before it is asked to', () => {
    const heads: string[] = [];
    const sink = { data: () => undefined, end: () => undefined };
    const reader = new MessageReader((head) => {
      heads.push(head.split(' ')[1] ?? '');
      return { framing: { kind: 'none' }, sink };
    });

    reader.feed(Buffer.from('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n'));
    expect(heads).toEqual(['/1']);
    reader.next();
    expect(heads).toEqual(['/1', '/2']);
  });

  it('tells a complete stream from a broken one', () => {
    const reader = new MessageReader(() => ({
      framing: { kind: 'length', length: 5 },
      sink: { data: () => undefined, end: () => undefined },
    }));
    reader.feed(Buffer.from('POST / HTTP/1.1\r\n\r\nabc'));
    expect(reader.finish()).toBe(false);
    reader.feed(Buffer.from('de'));
    expect(reader.finish()).toBe(true);
  });
});
