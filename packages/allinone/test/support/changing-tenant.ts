// A tenant that changes its load balancers at random, and remembers what it may expect of each: what was
// accepted must hold, what was under way when the connection broke may have happened or not.
import { HttpError, type Random } from '@f5-lbaas/platform';
import { at, columnAt, listAt, textAt } from './json.ts';
import type { LabApi, Method } from './lab-api.ts';
import { createFullyPopulated } from './scenario.ts';

/** What may be found: more than one value while the outcome of a request is unknown. */
class Expectation<T> {
  #possible: T[];
  #before: T[] = [];

  constructor(...possible: T[]) {
    this.#possible = possible;
  }

  /** A request for it is under way. */
  begin(value: T): void {
    this.#before = this.#possible;
    this.#possible = [...this.#possible, value];
  }

  accepted(value: T): void {
    this.#possible = [value];
  }

  refused(): void {
    this.#possible = this.#before;
  }

  allows(value: T): boolean {
    return this.#possible.includes(value);
  }

  toString(): string {
    return this.#possible.join(' or ');
  }
}

interface Expected {
  name: string;
  /** Undefined until the answer to its creation came. */
  ids: { loadBalancer: string; listener: string; pool: string } | undefined;
  exists: Expectation<boolean>;
  connectionLimit: Expectation<number>;
  algorithm: Expectation<string>;
  members: Map<number, Expectation<boolean>>;
}

export interface ChangingTenantOptions {
  random: Random;
  /** Prefix of the names. */
  name: string;
  /** Where servers listen, for the members. */
  ports: readonly number[];
  /** A member address belongs to one tenant: nodes are unique on a device. */
  address: string;
}

const LOAD_BALANCERS_MAX = 4;
const ALGORITHMS = ['ROUND_ROBIN', 'LEAST_CONNECTIONS'];

/** The lab went away in the middle of a request. */
class Interrupted extends Error {}

export class ChangingTenant {
  readonly #options: ChangingTenantOptions;
  readonly #all: Expected[] = [];
  #accepted = 0;

  constructor(options: ChangingTenantOptions) {
    this.#options = options;
  }

  /** Changes that the API has accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Goes on until the lab goes away. @throws Error when the API answers something that it must not */
  async work(api: LabApi): Promise<void> {
    try {
      for (;;) await this.#change(api);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
  }

  /** @returns what is not as accepted, in words; empty when all is well */
  async differences(api: LabApi): Promise<string[]> {
    const { body } = await api.send('GET', 'loadbalancers');
    const found = new Map(
      listAt(body, 'loadbalancers').map((item) => [textAt(item, 'name'), textAt(item, 'id')]),
    );
    const known = new Set(this.#all.map(({ name }) => name));
    const problems = [...found.keys()]
      .filter((name) => name.startsWith(this.#options.name) && !known.has(name))
      .map((name) => `${name}: nobody asked for it`);
    for (const expected of this.#all) {
      const exists = found.has(expected.name);
      if (!expected.exists.allows(exists))
        problems.push(`${expected.name}: ${exists ? 'is still there' : 'is lost'}`);
      else if (exists) problems.push(...(await this.#differencesOf(api, expected)));
    }
    return problems;
  }

  async #differencesOf(api: LabApi, expected: Expected): Promise<string[]> {
    if (expected.ids === undefined) return [];
    const { listener, pool } = expected.ids;
    const problems: string[] = [];
    const check = <T>(what: string, wanted: Expectation<T>, actual: T): void => {
      if (wanted.allows(actual)) return;
      problems.push(`${expected.name}: ${what} is ${String(actual)}, not ${wanted.toString()}`);
    };
    const limit = at(await api.show('listeners', listener), 'connection_limit');
    check('connection_limit', expected.connectionLimit, limit as number);
    const algorithm = at(await api.show('pools', pool), 'lb_algorithm');
    check('lb_algorithm', expected.algorithm, algorithm as string);
    const { body } = await api.send('GET', `pools/${pool}/members`);
    const ports = new Set(columnAt(body, 'members', 'protocol_port'));
    for (const port of new Set([...ports, ...expected.members.keys()])) {
      const wanted = expected.members.get(port as number) ?? new Expectation(false);
      check(`member ${String(port)}`, wanted, ports.has(port));
    }
    return problems;
  }

  async #change(api: LabApi): Promise<void> {
    const changeable = this.#all.filter(
      ({ exists, ids }) => ids !== undefined && exists.allows(true),
    );
    const target = this.#pick(changeable);
    if (target?.ids === undefined || changeable.length < LOAD_BALANCERS_MAX / 2)
      return this.#create(api);
    const { ids } = target;
    const kinds = [
      () => (changeable.length < LOAD_BALANCERS_MAX ? this.#create(api) : Promise.resolve()),
      () => this.#setLimit(api, target, ids.listener),
      () => this.#setAlgorithm(api, target, ids.pool),
      () => this.#addMember(api, target, ids.pool),
      () => this.#removeMember(api, target, ids.pool),
      () => (this.#options.random.next() < 0.3 ? this.#remove(api, target) : Promise.resolve()),
    ];
    await this.#pick(kinds)?.();
  }

  async #create(api: LabApi): Promise<void> {
    const { ports, address, name: prefix } = this.#options;
    const used = ports.slice(0, 2);
    const expected: Expected = {
      name: `${prefix}-${this.#all.length}`,
      ids: undefined,
      exists: new Expectation<boolean>(false, true),
      connectionLimit: new Expectation(-1),
      algorithm: new Expectation('ROUND_ROBIN'),
      members: new Map(used.map((port) => [port, new Expectation<boolean>(true)])),
    };
    this.#all.push(expected);
    const id = await interruptible(() =>
      createFullyPopulated(api, expected.name, { ports: used, address }),
    );
    expected.exists.accepted(true);
    this.#accepted += 1;
    const body = await interruptible(() => api.show('loadbalancers', id));
    expected.ids = {
      loadBalancer: id,
      listener: textAt(body, 'listeners.0.id'),
      pool: textAt(body, 'pools.0.id'),
    };
  }

  async #setLimit(api: LabApi, target: Expected, id: string): Promise<void> {
    const connection_limit = 1_000 + Math.floor(this.#options.random.next() * 1_000);
    const path = `listeners/${id}`;
    const body = { listener: { connection_limit } };
    await this.#send(api, ['PUT', path, body], target.connectionLimit, connection_limit);
  }

  async #setAlgorithm(api: LabApi, target: Expected, id: string): Promise<void> {
    const lb_algorithm = this.#pick(ALGORITHMS) ?? '';
    const body = { pool: { lb_algorithm } };
    await this.#send(api, ['PUT', `pools/${id}`, body], target.algorithm, lb_algorithm);
  }

  async #addMember(api: LabApi, target: Expected, pool: string): Promise<void> {
    const { ports, address } = this.#options;
    const port = this.#pick(ports.filter((one) => target.members.get(one)?.allows(true) !== true));
    if (port === undefined) return;
    const expectation = target.members.get(port) ?? new Expectation(false);
    target.members.set(port, expectation);
    const member = { address, protocol_port: port, subnet_id: api.lab.subnets.members };
    const path = `pools/${pool}/members`;
    await this.#send(api, ['POST', path, { member }], expectation, true);
  }

  /** Never the first one, so that there is always somebody to answer. */
  async #removeMember(api: LabApi, target: Expected, pool: string): Promise<void> {
    const { status, body } = await interruptible(() => api.send('GET', `pools/${pool}/members`));
    // Gone with its load balancer, whose deletion was accepted but not answered.
    if (status === 404) return;
    const [, ...others] = this.#options.ports;
    const member = this.#pick(
      listAt(body, 'members').filter((one) => others.includes(at(one, 'protocol_port') as number)),
    );
    if (member === undefined) return;
    const expectation = target.members.get(at(member, 'protocol_port') as number);
    const path = `pools/${pool}/members/${textAt(member, 'id')}`;
    if (expectation) await this.#send(api, ['DELETE', path], expectation, false);
  }

  async #remove(api: LabApi, { ids, exists }: Expected): Promise<void> {
    const path = `loadbalancers/${ids?.loadBalancer ?? ''}?cascade=true`;
    await this.#send(api, ['DELETE', path], exists, false);
  }

  async #send<T>(
    api: LabApi,
    request: [method: Method, path: string, body?: unknown],
    expectation: Expectation<T>,
    value: T,
  ): Promise<void> {
    expectation.begin(value);
    const { status } = await interruptible(() => api.send(...request));
    if (status < 300) {
      expectation.accepted(value);
      this.#accepted += 1;
      return;
    }
    expectation.refused();
    // Busy, or gone with an earlier request whose answer was lost.
    if (status !== 409 && status !== 404)
      throw new Error(`${request[0]} ${request[1]} was answered ${status}`);
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#options.random.next() * from.length)];
  }
}

async function interruptible<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof HttpError) throw new Interrupted('The lab is gone.', { cause: error });
    throw error;
  }
}
