// What the command says when it cannot go on: sentences for mistakes and refusals, a stack only for our own faults.
import { LbaasError } from '@f5-lbaas/model';

const LISTEN_PROBLEMS: Record<string, string> = {
  EADDRINUSE: 'is already in use: free it, or configure another port',
  EACCES: 'needs more rights: configure a port from 1024 on, or run with CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'is not an address of this machine: configure one that is',
};

/** Errors of Node.js's `listen` have the address and the port. */
interface ListenError extends NodeJS.ErrnoException {
  address?: string;
  port?: number;
}

function listenProblem(error: ListenError): string | undefined {
  const problem = LISTEN_PROBLEMS[error.code ?? ''];
  if (error.syscall !== 'listen' || problem === undefined) return undefined;
  return `Cannot listen on ${error.address ?? ''}:${error.port ?? ''}, which ${problem}.`;
}

export function describeError(error: unknown): string {
  if (error instanceof LbaasError && error.kind !== 'bug') return error.message;
  if (!(error instanceof Error)) return String(error);
  return listenProblem(error) ?? error.stack ?? error.message;
}
