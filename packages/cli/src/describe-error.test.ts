import { createServer } from 'node:net';
import { LbaasError } from '@f5-lbaas/model';
import { describe, expect, it } from 'vitest';
import { describeError } from './describe-error.ts';

function failedListen(host: string, port: number): Promise<Error> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port }, () => server.close(() => reject(new Error('It listens.'))));
  });
}

describe('an error of the command', () => {
  it('is a sentence that names a busy port', async () => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const { port } = busy.address() as { port: number };

    const text = describeError(await failedListen('127.0.0.1', port));

    busy.close();
    expect(text).toBe(
      `Cannot listen on 127.0.0.1:${port}, which is already in use: free it, or configure another port.`,
    );
  });

  it("is a sentence that names another machine's address", async () => {
    const text = describeError(await failedListen('192.0.2.1', 9876));

    expect(text).toMatch(/^Cannot listen on 192\.0\.2\.1:9876, which is not an address of this/);
  });

  it('is the sentence of a refusal', () => {
    expect(describeError(new LbaasError('bad_request', 'ERR_OPTION', 'No.'))).toBe('No.');
  });

  it('comes with its stack when it is our own fault', () => {
    expect(describeError(new TypeError('x'))).toContain('describe-error.test.ts');
  });
});
