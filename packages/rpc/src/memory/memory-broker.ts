// The in-process stand-in for RabbitMQ: named queues that keep messages, and fanout groups.
// Bodies are JSON text, so nothing is shared by reference between the two sides of a message.
// Invariants: a queue exists from its first consumer until it is removed; what is published to a queue
// that does not exist is lost, as it is on a topic exchange without a binding; delivery is asynchronous.

type Deliver = (body: string) => Promise<void>;

interface MemoryConsumer {
  /** No further delivery. The queue stays and keeps what arrives. */
  cancel(): void;
}

export interface MemoryBroker {
  /** @throws Error while unreachable */
  publish(queue: string, body: string): Promise<void>;
  /** Copies the body to every queue of the group. @throws Error while unreachable */
  publishFanout(group: string, body: string): Promise<void>;
  /** Declares the queue and takes its messages, `concurrency` at a time, competing with other consumers. */
  consume(queue: string, concurrency: number, deliver: Deliver): MemoryConsumer;
  /** The queue gets what is sent to the group. */
  bindFanout(group: string, queue: string): void;
  /** Drops the queue with its messages and bindings. */
  removeQueue(queue: string): void;
  /** False: publishing fails and nothing is delivered, as during a broker outage; queues keep what they have. */
  setReachable(reachable: boolean): void;
  /** Messages that wait in a queue; 0 for an unknown one. */
  depth(queue: string): number;
}

interface Consumer {
  deliver: Deliver;
  free: number;
}

interface Queue {
  bodies: string[];
  consumers: Consumer[];
}

export function createMemoryBroker(): MemoryBroker {
  const queues = new Map<string, Queue>();
  const groups = new Map<string, Set<string>>();
  let isReachable = true;

  const declare = (name: string): Queue => {
    const queue = queues.get(name) ?? { bodies: [], consumers: [] };
    queues.set(name, queue);
    return queue;
  };
  const drain = (queue: Queue): void => {
    while (isReachable && queue.bodies.length > 0) {
      const index = queue.consumers.findIndex((consumer) => consumer.free > 0);
      const consumer = queue.consumers[index];
      if (consumer === undefined) return;
      const body = queue.bodies.shift();
      if (body === undefined) return;
      // Round robin: who was served goes to the end of the line.
      queue.consumers.push(...queue.consumers.splice(index, 1));
      consumer.free -= 1;
      void Promise.resolve()
        .then(() => consumer.deliver(body))
        .finally(() => {
          consumer.free += 1;
          drain(queue);
        });
    }
  };
  const enqueue = (name: string, body: string): void => {
    const queue = queues.get(name);
    if (queue === undefined) return;
    queue.bodies.push(body);
    drain(queue);
  };

  const publishTo = (names: Iterable<string>, body: string): Promise<void> => {
    if (!isReachable) return Promise.reject(new Error('The in-process broker is unreachable.'));
    for (const name of names) enqueue(name, body);
    return Promise.resolve();
  };

  return {
    publish: (name, body) => publishTo([name], body),
    publishFanout: (group, body) => publishTo(groups.get(group) ?? [], body),
    consume(name, concurrency, deliver) {
      const queue = declare(name);
      const consumer: Consumer = { deliver, free: concurrency };
      queue.consumers.push(consumer);
      drain(queue);
      return {
        cancel() {
          queue.consumers = queue.consumers.filter((other) => other !== consumer);
        },
      };
    },
    bindFanout(group, name) {
      declare(name);
      groups.set(group, (groups.get(group) ?? new Set<string>()).add(name));
    },
    removeQueue(name) {
      queues.delete(name);
      for (const members of groups.values()) members.delete(name);
    },
    setReachable(reachable) {
      isReachable = reachable;
      for (const queue of queues.values()) drain(queue);
    },
    depth: (name) => queues.get(name)?.bodies.length ?? 0,
  };
}
