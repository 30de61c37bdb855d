// Options of the message bus, in the names of oslo.messaging, and the transport that they describe.
import {
  booleanOption,
  integerOption,
  optionalTextOption,
  readOptionFile,
  secondsOption,
  textOption,
  type OptionTable,
  type ValuesOf,
} from '@f5-lbaas/platform';
import { DEFAULT_EXCHANGE } from '../topics.ts';
import type { AmqpTls, AmqpTransportOptions } from './amqp-transport.ts';

const RABBIT = { group: 'oslo_messaging_rabbit' } as const;

export const MESSAGING_OPTIONS = {
  transportUrl: textOption(
    {
      name: 'transport_url',
      isSecret: true,
      isRequired: true,
      help: 'Message bus, rabbit://user:password@host:port/vhost.',
    },
    '',
  ),
  controlExchange: textOption(
    { name: 'control_exchange', help: 'Exchange of all topics.' },
    DEFAULT_EXCHANGE,
  ),
  rpcResponseTimeoutMs: secondsOption(
    { name: 'rpc_response_timeout', help: 'Wait for an answer of the other side.' },
    60,
    { min: 1 },
  ),
  durableQueues: booleanOption(
    { ...RABBIT, name: 'amqp_durable_queues', help: 'Queues outlive the broker.' },
    false,
  ),
  autoDeleteQueues: booleanOption(
    { ...RABBIT, name: 'amqp_auto_delete', help: 'Queues go with their last consumer.' },
    false,
  ),
  quorumQueues: booleanOption(
    { ...RABBIT, name: 'rabbit_quorum_queue', help: 'Replicated queues.' },
    false,
  ),
  transientQueuesTtlMs: secondsOption(
    {
      ...RABBIT,
      name: 'rabbit_transient_queues_ttl',
      help: 'Reply and fanout queues that nobody uses go after this time.',
    },
    1_800,
    { min: 1 },
  ),
  brokerHeartbeatSeconds: integerOption(
    {
      ...RABBIT,
      name: 'heartbeat_timeout_threshold',
      help: 'Seconds after which a silent connection to the broker counts as lost; 0: never.',
    },
    60,
    { min: 0 },
  ),
  brokerTls: booleanOption({ ...RABBIT, name: 'ssl', help: 'TLS to the broker.' }, false),
  brokerCaFile: optionalTextOption({
    ...RABBIT,
    name: 'ssl_ca_file',
    help: "PEM file of the authorities that the broker's certificate may come from.",
  }),
  brokerCertFile: optionalTextOption({
    ...RABBIT,
    name: 'ssl_cert_file',
    help: 'PEM file of the certificate to show to the broker.',
  }),
  brokerKeyFile: optionalTextOption({
    ...RABBIT,
    name: 'ssl_key_file',
    help: 'PEM file of its private key.',
  }),
} satisfies OptionTable;

export type MessagingValues = ValuesOf<typeof MESSAGING_OPTIONS>;

/** @throws ConfigurationError naming a certificate file that cannot be read */
export function amqpOptionsOf(
  values: MessagingValues,
): Omit<AmqpTransportOptions, 'clock' | 'random' | 'logger' | 'connectionName'> {
  const tls = tlsOf(values);
  return {
    url: values.transportUrl,
    exchange: values.controlExchange,
    durable: values.durableQueues,
    autoDelete: values.autoDeleteQueues,
    quorum: values.quorumQueues,
    transientTtlMs: values.transientQueuesTtlMs,
    heartbeatSeconds: values.brokerHeartbeatSeconds,
    ...(tls && { tls }),
  };
}

function tlsOf(values: MessagingValues): AmqpTls | undefined {
  if (!values.brokerTls) return undefined;
  const read = (name: string, path: string | undefined) =>
    readOptionFile(`[${RABBIT.group}] ${name}`, path);
  const ca = read('ssl_ca_file', values.brokerCaFile);
  const cert = read('ssl_cert_file', values.brokerCertFile);
  const key = read('ssl_key_file', values.brokerKeyFile);
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}
