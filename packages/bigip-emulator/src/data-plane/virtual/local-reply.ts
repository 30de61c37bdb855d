// Answers the virtual server gives without asking a member.
import { STATUS_CODES } from 'node:http';
import type { ClientStream } from '../http/client-stream.ts';
import { hasNoBody } from '../http/framing.ts';
import { Headers } from '../http/headers.ts';
import type { LocalReply } from '../http/transaction.ts';

/** @param serverAgent value of the `Server` header; null = none */
export function sendReply(
  stream: ClientStream,
  reply: LocalReply,
  serverAgent: string | null,
): void {
  const headers = new Headers(reply.headers.flat());
  if (serverAgent !== null && !headers.has('server')) headers.add('Server', serverAgent);
  const body = Buffer.from(reply.body);
  const isBodyless = hasNoBody(reply.status);
  if (!isBodyless) headers.set('Content-Length', String(body.length));
  const sendsBody = !isBodyless && stream.request.method !== 'HEAD' && body.length > 0;
  stream.respond(
    { version: '1.1', status: reply.status, reason: STATUS_CODES[reply.status] ?? '', headers },
    sendsBody ? { kind: 'length', length: body.length } : { kind: 'none' },
  );
  if (sendsBody) stream.write(body);
  stream.end(null);
}
