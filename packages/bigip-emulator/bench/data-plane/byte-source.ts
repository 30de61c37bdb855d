// A TCP server that sends as many bytes as it is asked for: the client writes a decimal number and a line end.
import * as net from 'node:net';

const PIECE = Buffer.alloc(65_536);

function send(socket: net.Socket, bytes: number): void {
  let left = bytes;
  while (left > 0) {
    const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
    left -= piece.length;
    if (!socket.write(piece)) {
      socket.once('drain', () => send(socket, left));
      return;
    }
  }
  socket.end();
}

export function runByteSource(port: number): void {
  net
    .createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', (line: Buffer) => send(socket, Number(line.toString())));
    })
    .listen(port, '127.0.0.1');
}

/** Asks a byte source, directly or through a proxy. @returns megabytes per second */
export function fetchBytes(port: number, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    let received = 0;
    const onread = {
      buffer: Buffer.alloc(262_144),
      callback: (count: number) => {
        received += count;
        return true;
      },
    };
    const socket = net.connect({ port, host: '127.0.0.1', onread }, () =>
      socket.write(`${bytes}\n`),
    );
    socket.on('error', reject);
    socket.on('end', () => resolve(received / 1000 / (performance.now() - startMs)));
  });
}
