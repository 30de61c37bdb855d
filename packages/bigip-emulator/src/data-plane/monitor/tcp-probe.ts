// Probes over TCP and TLS: half-open, tcp, http, https.
import * as net from 'node:net';
import * as tls from 'node:tls';
import type { MonitorConfig } from '../contract.ts';
import { failure, REPLY_BYTES_MAX, SUCCESS, type Probe, type ProbeResult } from './probe.ts';
import { replyJudge, type ReplyJudge } from './reply-judge.ts';
import { expandEscapes, httpProbeText } from './strings.ts';

/** A quiet connection with part of a reply counts as a whole reply after this long. */
const QUIET_MS = 500;

interface Conversation {
  connect: () => net.Socket;
  readyEvent: 'connect' | 'secureConnect';
  text: string;
  judge: ReplyJudge;
}

export const probeTcpHalfOpen: Probe = (_monitor, target, signal) =>
  converse(
    {
      connect: () => net.connect(target),
      readyEvent: 'connect',
      text: '',
      judge: { needsReply: false, judge: () => SUCCESS },
    },
    signal,
  );

export const probeTcp: Probe = (monitor, target, signal) =>
  converse(
    {
      connect: () => net.connect(target),
      readyEvent: 'connect',
      text: expandEscapes(monitor.send),
      judge: replyJudge(monitor, false),
    },
    signal,
  );

export const probeHttp: Probe = (monitor, target, signal) =>
  converse(
    {
      connect: () => net.connect(target),
      readyEvent: 'connect',
      text: httpText(monitor),
      judge: replyJudge(monitor, true),
    },
    signal,
  );

/** Like the device, an https monitor does not verify the server's certificate. */
export const probeHttps: Probe = (monitor, target, signal) =>
  converse(
    {
      connect: () => tls.connect({ ...target, rejectUnauthorized: false }),
      readyEvent: 'secureConnect',
      text: httpText(monitor),
      judge: replyJudge(monitor, true),
    },
    signal,
  );

function httpText(monitor: MonitorConfig): string {
  return httpProbeText(monitor.send, monitor.username, monitor.password);
}

/** Connects, sends, and reads until the reply is judged, the peer closes or goes quiet, or time is over. */
function converse(conversation: Conversation, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const { judge } = conversation;
    const socket = conversation.connect();
    let reply = '';
    const finish = (result: ProbeResult): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(result);
    };
    const onAbort = (): void =>
      finish(
        (reply === '' ? undefined : judge.judge(reply, true)) ?? failure('No response in time'),
      );
    const look = (isComplete: boolean): void => {
      const result = judge.judge(reply, isComplete);
      if (result !== undefined) finish(result);
      else if (isComplete) finish(failure('No response'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error) => finish(failure(error.message)));
    socket.on(conversation.readyEvent, () => {
      if (conversation.text !== '') socket.write(conversation.text, 'latin1');
      if (!judge.needsReply) finish(SUCCESS);
    });
    socket.on('data', (chunk: Buffer) => {
      reply = (reply + chunk.toString('latin1')).slice(0, REPLY_BYTES_MAX);
      socket.setTimeout(QUIET_MS);
      look(reply.length === REPLY_BYTES_MAX);
    });
    socket.on('timeout', () => look(true));
    socket.on('end', () => look(true));
    socket.on('close', () => finish(failure('Connection closed')));
  });
}
