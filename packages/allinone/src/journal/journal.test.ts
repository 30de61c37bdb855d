import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from './journal.ts';

describe('Journal', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'journal-'));
    path = join(directory, 'test.journal');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const put = (id: string, value: number) => ({
    collection: 'things',
    id,
    record: { id, value },
  });

  it('has after reopening what was committed, without what was removed', () => {
    const journal = Journal.open(path);
    journal.commit([put('a', 1), put('b', 2)]);
    journal.commit([{ collection: 'things', id: 'a', record: null }]);
    journal.commit([put('b', 3)]);

    expect(Journal.open(path).list('things')).toEqual([{ id: 'b', value: 3 }]);
  });

  it('drops a commit that was cut off in the middle', () => {
    Journal.open(path).commit([put('a', 1)]);
    appendFileSync(path, '[{"collection":"things","id":"b","rec');

    const reopened = Journal.open(path);
    reopened.commit([put('c', 3)]);

    const ids = Journal.open(path)
      .list('things')
      .map(({ id }) => id);
    expect(ids).toEqual(['a', 'c']);
  });

  it('forgets its history when it is opened', () => {
    const journal = Journal.open(path);
    for (let value = 0; value < 100; value += 1) journal.commit([put('a', value)]);

    Journal.open(path);

    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('refuses a file that is damaged elsewhere', () => {
    appendFileSync(path, '{"no":"journal"}\n');

    expect(() => Journal.open(path)).toThrow(/Line 1 of/);
  });
});
