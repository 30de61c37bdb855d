// A device that answers from a script, in order, and remembers what it was asked. For behaviour at the level of
// single answers, which no working device (or emulator) can be brought to give on demand.
import { HttpError, type HttpClient, type HttpRequest } from '@f5-lbaas/platform';

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

/** `status` and JSON or text, or what happens instead of an answer. */
export type Reply = [status: number, body?: unknown] | 'refused' | 'reset' | 'silence';

export interface ScriptedDevice {
  http: HttpClient;
  asked: Asked[];
  /** `METHOD path` of everything asked, logins left out. */
  calls(): string[];
}

export const TOKEN_TIMEOUT_SECONDS = 1200;

export function login(token: string): Reply {
  return [200, { token: { token, timeout: TOKEN_TIMEOUT_SECONDS } }];
}

function unanswered(kind: 'refused' | 'reset' | 'silence'): HttpError {
  return kind === 'refused'
    ? new HttpError('connect', 'connection refused', undefined)
    : new HttpError('exchange', kind === 'reset' ? 'connection reset' : 'timed out', undefined);
}

/** @param logins answers to logins, in order; the last one is repeated */
export function scriptedDevice(
  replies: readonly Reply[],
  logins: readonly Reply[] = [login('T1'), login('T2'), login('T3')],
): ScriptedDevice {
  const asked: Asked[] = [];
  const open = [...replies];
  const openLogins = [...logins];
  const isLogin = (path: string): boolean => path === '/mgmt/shared/authn/login';
  const request = (
    req: HttpRequest,
  ): Promise<{ status: number; headers: object; body: string }> => {
    const { pathname, search } = new URL(req.url);
    const path = pathname + search;
    const body: unknown = typeof req.body === 'string' ? JSON.parse(req.body) : undefined;
    asked.push({ method: req.method, path, headers: req.headers ?? {}, body });
    const reply = isLogin(path) && openLogins.length > 0 ? openLogins.shift() : open.shift();
    if (reply === undefined) return Promise.reject(new Error(`Nothing scripted for ${path}`));
    if (typeof reply === 'string') return Promise.reject(unanswered(reply));
    const [status, content] = reply;
    const text = typeof content === 'string' ? content : JSON.stringify(content ?? '');
    return Promise.resolve({ status, headers: {}, body: content === undefined ? '' : text });
  };
  return {
    http: { request: request as HttpClient['request'], close: () => Promise.resolve() },
    asked,
    calls: () =>
      asked
        .filter(({ path }) => !isLogin(path))
        .map(({ method, path }) => `${method} ${path.replace('/mgmt/tm', '')}`),
  };
}
