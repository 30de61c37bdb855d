// Messages as oslo.messaging writes them, both ways.
import { LbaasError } from '@f5-lbaas/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NoSuchMethodError } from '../errors.ts';
import { decodeEnvelope, encodeEnvelope } from './envelope.ts';
import { decodeFailure, encodeFailure } from './failure.ts';
import { decodeReply, encodeReply } from './reply.ts';
import { decodeRequest, encodeRequest } from './request.ts';

describe('envelope', () => {
  it('comes back as it was put in, whatever JSON it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (message) => {
        const copy: unknown = JSON.parse(JSON.stringify(message));
        expect(decodeEnvelope(encodeEnvelope(message))).toEqual(copy);
      }),
    );
  });

  it('has the two keys of version 2.0', () => {
    expect(encodeEnvelope({ method: 'ping' })).toBe(
      '{"oslo.version":"2.0","oslo.message":"{\\"method\\":\\"ping\\"}"}',
    );
  });

  it('may be absent, as in messages of protocol 1.0', () => {
    expect(decodeEnvelope('{"method":"ping","args":{}}')).toEqual({ method: 'ping', args: {} });
  });

  it.each([
    'not json',
    '[]',
    '{"oslo.version":"3.0","oslo.message":"{}"}',
    '{"oslo.version":"2.1","oslo.message":"{}"}',
    '{"oslo.version":"2.0","oslo.message":{}}',
    '{"oslo.version":"2.0","oslo.message":"[1]"}',
    '{"oslo.version":"2.0"}',
  ])('%s is refused', (body) => {
    expect(() => decodeEnvelope(body)).toThrow(/Envelope|JSON/);
  });
});

describe('request', () => {
  it('carries method, arguments, version, context keys and correlation', () => {
    const message = encodeRequest({
      method: 'get_all_loadbalancers',
      args: { env: 'Project' },
      version: '1.0',
      context: { request_id: 'req-1', auth_token: 'secret' },
      uniqueId: 'u1',
      reply: { msgId: 'm1', replyQueue: 'reply_1' },
    });

    expect(message).toEqual({
      method: 'get_all_loadbalancers',
      args: { env: 'Project' },
      version: '1.0',
      _unique_id: 'u1',
      _msg_id: 'm1',
      _reply_q: 'reply_1',
      _context_request_id: 'req-1',
      _context_auth_token: null,
    });
  });

  it('is that of an administrator when nobody is behind it', () => {
    const message = encodeRequest({
      method: 'report_state',
      args: {},
      version: '1.0',
      context: {},
    });

    expect(message).toMatchObject({ _context_is_admin: true, _context_user_id: null });
  });

  it('is read back, unknown keys and all', () => {
    const request = decodeRequest({
      method: 'create_pool',
      args: { service: {} },
      version: '1.1',
      namespace: null,
      _unique_id: 'u1',
      _timeout: null,
      _context_project_id: 'p1',
    });

    expect(request).toEqual({
      method: 'create_pool',
      args: { service: {} },
      version: '1.1',
      uniqueId: 'u1',
      context: { project_id: 'p1' },
    });
  });

  it.each([{}, { method: '' }, { method: 'x', args: [] }])('%j is refused', (message) => {
    expect(() => decodeRequest(message)).toThrow(/method|args/);
  });
});

describe('reply', () => {
  it('is the last of its call', () => {
    expect(encodeReply('m1', 'u1', { result: [1] })).toEqual({
      result: [1],
      failure: null,
      ending: true,
      _msg_id: 'm1',
      _unique_id: 'u1',
    });
  });

  it('of old libraries comes in two parts', () => {
    expect(decodeReply({ result: 5, failure: null, _msg_id: 'm1' })).toMatchObject({
      result: 5,
      isLast: false,
    });
    expect(decodeReply({ ending: true, _msg_id: 'm1' })).toMatchObject({
      result: null,
      isLast: true,
    });
  });
});

describe('failure', () => {
  it('keeps kind, code and message of our own errors, and no stack', () => {
    const error = new LbaasError('not_found', 'ERR_X', 'There is none.', { userMessage: 'No.' });

    expect(decodeFailure(encodeFailure(error))).toEqual({
      className: 'LbaasError',
      moduleName: 'f5_lbaas.errors',
      message: 'There is none.',
      kind: 'not_found',
      code: 'ERR_X',
    });
    expect(encodeFailure(error)).not.toContain('.ts');
  });

  it('names the dispatcher class that Python callers know', () => {
    expect(JSON.parse(encodeFailure(new NoSuchMethodError('x')))).toMatchObject({
      class: 'NoSuchMethod',
      module: 'oslo_messaging.rpc.dispatcher',
      kwargs: {},
    });
  });

  it.each([null, 5, 'text', '{"kwargs":{"kind":"nonsense"}}', '[]'])(
    'of any form is still a failure: %j',
    (failure) => {
      expect(decodeFailure(failure).className).toBe('RemoteError');
      expect(decodeFailure(failure).kind).toBeUndefined();
    },
  );
});
