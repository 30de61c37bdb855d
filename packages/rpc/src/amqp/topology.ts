// Queues and exchanges as oslo.messaging declares them. What two parties declare under one name must be equal
// down to the flags, or RabbitMQ refuses the second one (406 PRECONDITION_FAILED).
// @see oslo.messaging `oslo_messaging/_drivers/impl_rabbit.py`

export interface TopologyOptions {
  /** `control_exchange` */
  exchange: string;
  /** `amqp_durable_queues` */
  durable: boolean;
  /** `amqp_auto_delete` */
  autoDelete: boolean;
  /** `rabbit_quorum_queue`: replicated queues, always durable. */
  quorum: boolean;
  /** `rabbit_transient_queues_ttl`, in milliseconds: reply and fanout queues nobody uses go after that. */
  transientTtlMs: number;
}

export const TOPOLOGY_DEFAULTS: TopologyOptions = {
  exchange: 'neutron',
  durable: false,
  autoDelete: false,
  quorum: false,
  transientTtlMs: 1_800_000,
};

export interface ExchangeDeclaration {
  exchange: string;
  type: 'topic' | 'direct' | 'fanout';
  durable: boolean;
  autoDelete: boolean;
}

/** What a consumer needs: its queue, the exchange, and the binding between them. */
export interface QueueDeclaration {
  queue: string;
  queueOptions: { durable: boolean; autoDelete: boolean; arguments?: Record<string, unknown> };
  exchange: ExchangeDeclaration;
  routingKey: string;
}

export function topicExchange(options: TopologyOptions): ExchangeDeclaration {
  return {
    exchange: options.exchange,
    type: 'topic',
    durable: options.durable || options.quorum,
    autoDelete: options.autoDelete,
  };
}

/** @param name the topic, or `<topic>.<server>` */
export function topicQueue(name: string, options: TopologyOptions): QueueDeclaration {
  return {
    queue: name,
    queueOptions: {
      durable: options.durable || options.quorum,
      autoDelete: options.autoDelete,
      ...(options.quorum && { arguments: { 'x-queue-type': 'quorum' } }),
    },
    exchange: topicExchange(options),
    routingKey: name,
  };
}

export function fanoutExchange(topic: string): ExchangeDeclaration {
  return { exchange: `${topic}_fanout`, type: 'fanout', durable: false, autoDelete: true };
}

/** @param id 32 hex digits, one per consumer */
export function fanoutQueue(topic: string, id: string, options: TopologyOptions): QueueDeclaration {
  return {
    queue: `${topic}_fanout_${id}`,
    queueOptions: {
      durable: false,
      autoDelete: true,
      arguments: { 'x-expires': options.transientTtlMs },
    },
    exchange: fanoutExchange(topic),
    routingKey: topic,
  };
}

/**
 * Servers with oslo.messaging before 9.8 answer to an exchange of the queue's name, later ones to the default
 * exchange, which every queue is bound to by its name. Declaring both lets either answer.
 */
export function replyQueue(name: string, options: TopologyOptions): QueueDeclaration {
  return {
    queue: name,
    queueOptions: {
      durable: false,
      autoDelete: false,
      arguments: { 'x-expires': options.transientTtlMs },
    },
    exchange: { exchange: name, type: 'direct', durable: false, autoDelete: true },
    routingKey: name,
  };
}
