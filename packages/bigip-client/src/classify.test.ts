import { describe, expect, it } from 'vitest';
import { classify } from './classify.ts';

const config = (code: number, message: string, apiError: number | null = 3): string =>
  JSON.stringify({ code, message, errorStack: [], ...(apiError === null ? {} : { apiError }) });
const rest = (code: number, message: string): string =>
  JSON.stringify({ code, message, restOperationId: 7, kind: ':resterrorresponse' });

describe('answers of the device', () => {
  it.each([
    [
      'missing object',
      404,
      config(404, '01020036:3: The requested Pool (/T/p) was not found.'),
      'absent',
    ],
    ['missing object, TMOS 11', 404, config(404, '01020036:3: gone', null), 'absent'],
    ['missing sub-item', 404, config(404, 'Object not found - /T/10.0.0.1:80', 1), 'absent'],
    [
      'worker not registered',
      404,
      rest(404, 'Public URI path not registered: /tm/ltm/pool'),
      'not_ready',
    ],
    ['404 of another layer', 404, rest(404, 'nothing here'), 'not_ready'],
    ['404 page', 404, '<html>not found</html>', 'not_ready'],
    [
      'duplicate',
      409,
      config(409, '01020066:3: The requested Pool (/T/p) already exists.'),
      'exists',
    ],
    [
      'in use',
      400,
      config(
        400,
        '01070265:3: The Pool (/T/p) cannot be deleted because it is in use by a Virtual Server (/T/v).',
      ),
      'in_use',
    ],
    [
      'node in use',
      400,
      config(400, "01070110:3: Node address '/T/n' is referenced by a member of pool '/T/p'."),
      'in_use',
    ],
    [
      'partition not empty',
      400,
      config(
        400,
        '0107082a:3: You must remove all objects from a partition before removing the partition (T), type ID (4032)',
      ),
      'in_use',
    ],
    [
      'validation',
      400,
      config(400, '01070333:3: Virtual Server /T/a illegally shares destination address'),
      'refused',
    ],
    ['parser', 400, config(400, '"x" invalid address', 26214401), 'refused'],
    [
      'asynchronous task',
      503,
      config(503, 'There is an active asynchronous task executing.', 32964609),
      'not_ready',
    ],
    ['busy page', 503, '<html>Configuration Utility restarting...</html>', 'not_ready'],
    ['object count', 400, config(400, "can't get object count from mcpd", 26214401), 'not_ready'],
    [
      'mcpd lost',
      500,
      config(500, 'The connection to mcpd has been lost, try again.', 32768001),
      'interrupted',
    ],
    ['gateway timeout', 504, '<html>Proxy Error</html>', 'interrupted'],
    ['no role', 401, config(401, '01070822:3: Access Denied: User (bob) may not', 3), 'forbidden'],
    ['expired token', 401, rest(401, 'X-F5-Auth-Token does not exist.'), 'unauthenticated'],
    [
      'spurious 401',
      401,
      rest(401, 'Authorization failed: no user authentication header or token detected.'),
      'not_ready',
    ],
    ['wrong password', 401, '<html>F5 Authorization Required</html>', 'unauthenticated'],
  ])('%s', (_case, status, body, kind) => {
    expect(classify(status, body).kind).toBe(kind);
  });

  it('keep the code of a refused transaction', () => {
    const answer = classify(
      409,
      config(
        409,
        'transaction failed:01020066:3: The requested Pool (/Common/p1) already exists',
        2,
      ),
    );

    expect(answer).toMatchObject({ kind: 'exists', mcpCode: '01020066' });
  });

  it('are shortened, not repeated, when they are pages', () => {
    expect(classify(503, `<html><b>busy</b> ${'x'.repeat(5000)}</html>`).message).toHaveLength(500);
  });
});
