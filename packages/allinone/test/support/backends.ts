// Small HTTP servers for tests to put behind a VIP.
import { type Backend, startBackend } from '../../src/demo/backend.ts';
import { afterEach } from 'vitest';

/** Backends that are stopped after each test. */
export function backendsPerTest(): (name: string) => Promise<Backend> {
  const running: Backend[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((backend) => backend.stop()));
  });
  return async (name) => {
    const backend = await startBackend(name);
    running.push(backend);
    return backend;
  };
}
