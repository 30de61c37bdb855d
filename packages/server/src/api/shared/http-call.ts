// A request as handlers see it, and what they answer; nothing here knows the web framework.
import type { Identity } from '../../policy/identity.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

export interface Call {
  identity: Identity;
  /** Path parameters. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** As received; empty when there is none. */
  body: string;
  /** Scheme, host and path of the request, without query. */
  url: string;
}

export interface Answer {
  status: number;
  /** Absent: an empty body. */
  body?: unknown;
}

export type Handler = (call: Call) => Promise<Answer> | Answer;

export interface Route {
  /** Below the API's root, parameters as `:name`. */
  path: string;
  methods: Partial<Record<Method, Handler>>;
  /** A collection whose items are addressed by this parameter: PUT and DELETE on it lack an argument. */
  itemParameter?: string;
}

export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}
