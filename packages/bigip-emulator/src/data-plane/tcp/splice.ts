// Copies bytes between two connections: both directions, back pressure, half-close, resets passed on.
import type { Duplex } from 'node:stream';

export interface SpliceEnd {
  stream: Duplex;
  /** Called with the size of each piece read from this end. */
  count: (bytes: number) => void;
  /** Ends this end at once, with a reset. */
  abort: () => void;
}

export function splice(client: SpliceEnd, server: SpliceEnd): void {
  forward(client, server);
  forward(server, client);
}

function forward(from: SpliceEnd, to: SpliceEnd): void {
  from.stream.on('data', (chunk: Buffer) => {
    from.count(chunk.length);
    if (!to.stream.write(chunk)) from.stream.pause();
  });
  to.stream.on('drain', () => from.stream.resume());
  from.stream.on('end', () => endOnce(to.stream));
  // Without an orderly end the other side must not take what it got for the whole.
  from.stream.on('error', () => to.abort());
  from.stream.on('close', () => {
    if (from.stream.readableEnded) endOnce(to.stream);
    else to.abort();
  });
}

/** Ending a stream twice is harmless but makes an error with its stack for nobody. */
function endOnce(stream: Duplex): void {
  if (!stream.writableEnded && !stream.destroyed) stream.end();
}
