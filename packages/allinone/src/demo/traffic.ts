// Sends requests through a VIP, each on a connection of its own, and counts who answered.
import type { HttpClient } from '@f5-lbaas/platform';

export interface TrafficReport {
  /** Answering server -> requests. */
  answers: Map<string, number>;
  /** Requests without a good answer, with the reason. */
  failures: string[];
}

export interface TrafficOptions {
  http: HttpClient;
  url: string;
  count: number;
  signal: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 5_000;

async function ask(options: TrafficOptions): Promise<{ answer: string } | { failure: string }> {
  try {
    const { status, body } = await options.http.request({
      method: 'GET',
      url: options.url,
      headers: { connection: 'close' },
      timeoutMs: REQUEST_TIMEOUT_MS,
      signal: options.signal,
    });
    return status === 200 ? { answer: body } : { failure: `status ${status}` };
  } catch (error) {
    options.signal.throwIfAborted();
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

export async function sendRequests(options: TrafficOptions): Promise<TrafficReport> {
  const report: TrafficReport = { answers: new Map(), failures: [] };
  for (let index = 0; index < options.count; index += 1) {
    const result = await ask(options);
    if ('answer' in result) {
      report.answers.set(result.answer, (report.answers.get(result.answer) ?? 0) + 1);
    } else {
      report.failures.push(result.failure);
    }
  }
  return report;
}
