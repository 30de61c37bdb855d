// Requests that a device answered since the log was last cleared; the oldest give way, the total counts on.

export interface LoggedRequest {
  method: string;
  /** Without query. */
  path: string;
  /** 0 = the connection was reset by a fault. */
  status: number;
  ms: number;
  /** Address of the client. */
  client: string;
  /** How the client calls itself: its User-Agent, empty without one. */
  agent: string;
  /** Size of the response body. */
  bytes: number;
}

const REQUESTS_MAX = 10_000;

export class RequestLog {
  #requests: LoggedRequest[] = [];
  #total = 0;

  add(request: LoggedRequest): void {
    this.#total += 1;
    this.#requests.push(request);
    if (this.#requests.length > 2 * REQUESTS_MAX) {
      this.#requests = this.#requests.slice(-REQUESTS_MAX);
    }
  }

  get total(): number {
    return this.#total;
  }

  /** At most the newest 10,000, oldest first. */
  list(): LoggedRequest[] {
    return this.#requests.slice(-REQUESTS_MAX);
  }

  /** Requests and bytes by client, busiest first. */
  clients(): { client: string; agent: string; requests: number; bytes: number; ms: number }[] {
    const found = new Map<string, ReturnType<RequestLog['clients']>[number]>();
    for (const { client, agent, bytes, ms } of this.list()) {
      const key = `${client}\t${agent}`;
      const sum = found.get(key) ?? { client, agent, requests: 0, bytes: 0, ms: 0 };
      sum.requests += 1;
      sum.bytes += bytes;
      sum.ms += ms;
      found.set(key, sum);
    }
    return [...found.values()].sort((a, b) => b.requests - a.requests);
  }

  clear(): void {
    this.#requests = [];
    this.#total = 0;
  }
}
