// One request after authentication and one response, independent of sockets.
import type { JsonObject } from '../json.ts';

export interface RestRequest {
  method: string;
  /** As sent, without query: `/mgmt/tm/ltm/pool/~Common~p1`. */
  path: string;
  /** Decoded parts of the path after `/mgmt`. */
  segments: readonly string[];
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Raw bytes of the body; empty when there was none. */
  body: Buffer;
  clientAddress: string;
  /** Authenticated account; empty for the login itself. */
  user: string;
}

export interface RestResponse {
  status: number;
  /** Undefined = empty body. */
  body?: JsonObject;
  headers?: Record<string, string>;
}

export function ok(body?: JsonObject): RestResponse {
  return body === undefined ? { status: 200 } : { status: 200, body };
}
