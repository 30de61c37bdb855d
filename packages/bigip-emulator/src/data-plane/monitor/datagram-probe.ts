// The udp probe, and reachability for the icmp monitors.
import * as dgram from 'node:dgram';
import * as net from 'node:net';
import { failure, SUCCESS, type Probe, type ProbeResult } from './probe.ts';
import { replyJudge } from './reply-judge.ts';
import { expandEscapes } from './strings.ts';

/** Without a receive string, silence this long after sending means nobody refused the datagram. */
const SILENCE_IS_GOOD_MS = 300;
/** Any port serves to provoke an answer where the monitor names none. */
const ECHO_PORT = 7;

/** Down only when the port is reported unreachable, or when a wanted reply does not come. */
export const probeUdp: Probe = (monitor, target, signal) =>
  new Promise((resolve) => {
    const judge = replyJudge(monitor, false);
    const socket = dgram.createSocket(net.isIPv6(target.host) ? 'udp6' : 'udp4');
    let silence: NodeJS.Timeout | undefined;
    const finish = (result: ProbeResult): void => {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(silence);
      socket.removeAllListeners('error').on('error', () => undefined);
      socket.close();
      resolve(result);
    };
    const onAbort = (): void => finish(failure('No response in time'));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', (error) => finish(failure(error.message)));
    socket.on('message', (message) =>
      finish(judge.judge(message.toString('latin1'), true) ?? SUCCESS),
    );
    socket.connect(target.port, target.host, () => {
      socket.send(Buffer.from(expandEscapes(monitor.send), 'latin1'));
      if (!judge.needsReply)
        silence = setTimeout(() => finish(SUCCESS), SILENCE_IS_GOOD_MS).unref();
    });
  });

const ALIVE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET']);

/**
 * EMULATOR: echo requests need raw sockets. A host that answers a TCP connect at all, be it with a refusal, is
 * reachable just the same.
 */
export const probeReachable: Probe = (_monitor, target, signal) =>
  new Promise((resolve) => {
    const socket = net.connect({ host: target.host, port: target.port || ECHO_PORT });
    const finish = (result: ProbeResult): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(result);
    };
    const onAbort = (): void => finish(failure('No response in time'));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('connect', () => finish(SUCCESS));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish(ALIVE_CODES.has(error.code ?? '') ? SUCCESS : failure(error.message)),
    );
  });
