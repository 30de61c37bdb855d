import { createManualClock } from '@f5-lbaas/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ForwardingChange } from './forwarding-change.ts';
import { DEFINITION_UNDER_WAY_MS, ForwardingNews } from './forwarding-news.ts';

const MAC = 'fa:16:3e:00:00:01';
const TOLD = { [MAC]: '10.20.0.1' };
let clock: ReturnType<typeof createManualClock>;
let news: ForwardingNews;
beforeEach(() => {
  clock = createManualClock();
  news = new ForwardingNews(clock);
});

function said(
  action: ForwardingChange['action'],
  vtep: string,
  address = '10.1.0.1',
): ForwardingChange {
  const peers = [{ mac: MAC, address, vtep }];
  return { action, networkId: 'n', segment: undefined, peers };
}

describe('news of ports', () => {
  it('outranks a definition that may have been built before it, and no later one', async () => {
    news.note(said('remove', '10.20.0.1'));
    news.note(said('add', '10.20.0.2'));

    expect(news.recordsOf('n', TOLD)).toEqual({ [MAC]: '10.20.0.2' });
    expect(news.recordsOf('other', TOLD)).toEqual(TOLD);
    await clock.advance(DEFINITION_UNDER_WAY_MS);
    expect(news.recordsOf('n', TOLD)).toEqual(TOLD);
  });

  it('of one that left takes it out, unless the definition has it elsewhere', () => {
    news.note(said('add', '10.20.0.1'));
    news.note(said('remove', '10.20.0.1'));

    expect(news.recordsOf('n', TOLD)).toEqual({});
    expect(news.recordsOf('n', { [MAC]: '10.20.0.3' })).toEqual({ [MAC]: '10.20.0.3' });
    expect(news.isThere('n', MAC)).toBe(false);
  });

  it('of its old place counts for nothing once it is elsewhere', () => {
    news.note(said('add', '10.20.0.2'));
    news.note(said('remove', '10.20.0.1'));
    news.note(said('give-up', '10.20.0.1'));

    expect(news.recordsOf('n', {})).toEqual({ [MAC]: '10.20.0.2' });
    expect(news.hasLeft('n', { mac: MAC, address: '10.1.0.1' })).toBe(false);
  });

  it('keeps ports that no definition names, until they leave', async () => {
    news.note(said('add', '10.20.0.2'));
    await clock.advance(DEFINITION_UNDER_WAY_MS * 10);

    expect(news.recordsOf('n', {})).toEqual({ [MAC]: '10.20.0.2' });
    expect(news.isThere('n', MAC)).toBe(true);
    news.forget('n');
    expect(news.recordsOf('n', {})).toEqual({});
  });

  it('knows addresses that were given up, until they are taken again', () => {
    const peer = { mac: MAC, address: '10.1.0.1' };
    news.note(said('give-up', '10.20.0.1'));

    expect(news.hasLeft('n', peer)).toBe(true);
    expect(news.hasLeft('n', { ...peer, address: '10.1.0.2' })).toBe(false);
    news.note(said('add', '10.20.0.1'));
    expect(news.hasLeft('n', peer)).toBe(false);
  });
});
