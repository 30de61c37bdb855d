// v1/secrets: metadata, and payloads that are given out only in the type in which they came.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiFault } from '../http/api-fault.ts';
import { objectOf, optionalString, stringOf, type JsonObject } from '../http/fields.ts';
import {
  commonView,
  newRecord,
  ownedBy,
  readable,
  refOf,
  type BarbicanContext,
  type SecretRecord,
} from './records.ts';
import { pageOf } from './paging.ts';

export type ContextOf = (request: FastifyRequest) => BarbicanContext;

const PROPERTIES = ['algorithm', 'bit_length', 'mode', 'expiration'] as const;

interface Payload {
  payload: string | null;
  content_type: string | null;
}

/** @throws ApiFault 400 */
function payloadIn(body: JsonObject): Payload {
  const text = optionalString(body, 'payload');
  const type = optionalString(body, 'payload_content_type');
  const encoding = optionalString(body, 'payload_content_encoding');
  if (text === undefined) return { payload: null, content_type: null };
  if (type === undefined) {
    throw new ApiFault(
      400,
      'Provided object does not match schema: payload_content_type is missing.',
    );
  }
  const plain = type.split(';')[0]?.trim() ?? type;
  if (plain !== 'text/plain' && encoding !== 'base64') {
    throw new ApiFault(400, 'payload_content_encoding must be base64 for binary payloads.');
  }
  const bytes = Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
  return { payload: bytes.toString('base64'), content_type: plain };
}

function view(context: BarbicanContext, secret: SecretRecord): JsonObject {
  const { payload, content_type, id, secret_type } = secret;
  return {
    ...commonView(secret),
    ...Object.fromEntries(PROPERTIES.map((name) => [name, secret[name] ?? null])),
    secret_type,
    ...(payload === null ? {} : { content_types: { default: content_type } }),
    secret_ref: refOf(context, 'secrets', id),
  };
}

function create(context: BarbicanContext, body: JsonObject): SecretRecord {
  const properties = Object.fromEntries(PROPERTIES.map((name) => [name, body[name] ?? null]));
  const secret = {
    ...newRecord(context, body),
    ...properties,
    secret_type: optionalString(body, 'secret_type') ?? 'opaque',
    ...payloadIn(body),
  };
  context.store.put('secrets', secret);
  return secret;
}

/** Only secrets made without a payload take one. */
function setPayload(context: BarbicanContext, request: FastifyRequest, id: string): void {
  const secret = ownedBy(context, 'secrets', id);
  if (secret.payload !== null) {
    throw new ApiFault(409, 'Secret already has data, cannot modify it.');
  }
  const encoding = request.headers['content-encoding'] === 'base64' ? 'base64' : 'utf8';
  const bytes = Buffer.isBuffer(request.body)
    ? request.body
    : Buffer.from(stringOf(request.body, 'payload'), encoding);
  const content_type = request.headers['content-type']?.split(';')[0] ?? 'text/plain';
  context.store.put('secrets', { ...secret, payload: bytes.toString('base64'), content_type });
}

function payloadFor(secret: SecretRecord, accept: string): Buffer {
  if (secret.payload === null || secret.content_type === null) {
    throw new ApiFault(404, 'Not Found. Secret has no payload.');
  }
  const accepted = accept.split(',').map((type) => type.split(';')[0]?.trim());
  if (!accepted.includes(secret.content_type) && !accepted.includes('*/*')) {
    throw new ApiFault(406, `Payload is of type ${secret.content_type}, which is not acceptable.`);
  }
  return Buffer.from(secret.payload, 'base64');
}

export function addSecretRoutes(app: FastifyInstance, contextOf: ContextOf): void {
  app.post('/v1/secrets', async (request, reply) => {
    const context = contextOf(request);
    const secret = create(context, objectOf(request.body, 'secret'));
    await reply.code(201).send({ secret_ref: refOf(context, 'secrets', secret.id) });
  });
  app.get('/v1/secrets', (request) => {
    const context = contextOf(request);
    const own = context.store
      .list('secrets')
      .filter(({ project_id }) => project_id === context.identity.project?.id);
    return Promise.resolve(pageOf(request, 'secrets', own, (secret) => view(context, secret)));
  });
  app.get<{ Params: { id: string } }>('/v1/secrets/:id', (request) => {
    const context = contextOf(request);
    return Promise.resolve(view(context, readable(context, 'secrets', request.params.id)));
  });
  app.get<{ Params: { id: string } }>('/v1/secrets/:id/payload', async (request, reply) => {
    const secret = readable(contextOf(request), 'secrets', request.params.id);
    const bytes = payloadFor(secret, request.headers.accept ?? '*/*');
    await reply.type(secret.content_type ?? '').send(bytes);
  });
  app.put<{ Params: { id: string } }>('/v1/secrets/:id', async (request, reply) => {
    setPayload(contextOf(request), request, request.params.id);
    await reply.code(204).send();
  });
  app.delete<{ Params: { id: string } }>('/v1/secrets/:id', async (request, reply) => {
    const context = contextOf(request);
    const { id } = ownedBy(context, 'secrets', request.params.id);
    context.store.remove('secrets', id);
    await reply.code(204).send();
  });
}
