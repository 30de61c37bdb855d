// POSTs with a `command`, which do something instead of creating an object (iControl REST 3).
import type { JsonObject } from '../json.ts';
import { ok, type RestRequest, type RestResponse } from './request.ts';

export interface CommandCall {
  request: RestRequest;
  /** Path below /mgmt/tm. */
  path: string;
  segments: readonly string[];
  body: JsonObject;
}

/** @returns properties to add to the echo, or undefined when the call is not for it */
export type CommandHandler = (call: CommandCall) => JsonObject | undefined;

/** Kind leaf of the answer: `run` for most. */
function kindOf(path: string, command: string): string {
  return `tm:${path.replaceAll('/', ':')}:${command}state`;
}

export class Commands {
  readonly #handlers: readonly CommandHandler[];

  constructor(handlers: readonly CommandHandler[]) {
    this.#handlers = handlers;
  }

  /** @returns undefined when the request is no command */
  run(
    request: RestRequest,
    segments: readonly string[],
    body: JsonObject,
  ): RestResponse | undefined {
    const path = segments.join('/');
    const call = { request, path, segments, body };
    for (const handler of this.#handlers) {
      const result = handler(call);
      if (result === undefined) continue;
      const command = typeof body['command'] === 'string' ? body['command'] : 'run';
      return ok({ kind: kindOf(path, command), ...body, ...result });
    }
    return undefined;
  }
}
