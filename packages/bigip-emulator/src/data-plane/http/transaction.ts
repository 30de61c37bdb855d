// One request as policies and iRules see and change it, and what they decided about it.
import type { ClientFacts } from '../client/client-connection.ts';
import type { FullPath, PersistenceConfig } from '../contract.ts';
import type { RequestHead, ResponseHead } from './message-head.ts';

/** An answer the virtual server gives by itself. */
export interface LocalReply {
  status: number;
  headers: [string, string][];
  body: string;
}

export interface Decision {
  /** Instead of the virtual server's own pool. */
  pool: FullPath | null;
  /** Past any pool. */
  node: { address: string; port: number } | null;
  reply: LocalReply | null;
  /** Refuse with a connection reset. */
  isReset: boolean;
  /** Key of `persist uie`. */
  universal: { key: string; timeoutSeconds: number | null } | null;
  /** `persist add uie` of the response. */
  universalToAdd: { key: string; timeoutSeconds: number | null }[];
  /** Instead of the virtual server's own persistence; undefined = unchanged, null = switched off. */
  persistence: PersistenceConfig | null | undefined;
}

export interface Transaction {
  readonly client: ClientFacts;
  /** Target and headers may be changed until the request is forwarded. */
  request: RequestHead;
  /** Null until the member answered. */
  response: ResponseHead | null;
  /** Address and port of the member chosen. */
  server: { address: string; port: number } | null;
  readonly decision: Decision;
}

export function newDecision(): Decision {
  return {
    pool: null,
    node: null,
    reply: null,
    isReset: false,
    universal: null,
    universalToAdd: [],
    persistence: undefined,
  };
}

export function redirectTo(location: string, status: number): LocalReply {
  return { status, headers: [['Location', location]], body: '' };
}
