// A RabbitMQ on this machine for tests that need a real one: whether it is there, and topics nobody else uses.
import { connect } from 'node:net';

export interface RabbitMq {
  /** `transport_url` of the broker. */
  url: string;
  /** Why it cannot be used; undefined when it can. */
  missing: string | undefined;
}

const HOST = '127.0.0.1';
const PORT = 5672;
const PROBE_MS = 1_000;

/** Looks whether something accepts connections on the default port. */
export function findRabbitMq(): Promise<RabbitMq> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port: PORT, timeout: PROBE_MS });
    const answer = (missing: string | undefined): void => {
      socket.destroy();
      resolve({ url: `rabbit://guest:guest@${HOST}:${PORT}/`, missing });
    };
    socket.once('connect', () => answer(undefined));
    socket.once('timeout', () => answer(`No RabbitMQ answers on ${HOST}:${PORT}.`));
    socket.once('error', () => answer(`No RabbitMQ listens on ${HOST}:${PORT}.`));
  });
}
