// What the redirect arguments of an L7 policy mean together. Octavia is lenient: it drops what does not fit the
// action, and what is left decides the action.
import type { L7Policy, L7PolicyAction } from '@f5-lbaas/model';

import { refuse } from '../refusals.ts';

/** As a request carries them: absent = not mentioned. */
export interface RedirectArguments {
  action?: L7PolicyAction | null | undefined;
  redirect_pool_id?: string | null | undefined;
  redirect_url?: string | null | undefined;
  redirect_prefix?: string | null | undefined;
  redirect_http_code?: number | null | undefined;
}
export type RedirectChanges = Partial<
  Pick<
    L7Policy,
    'action' | 'redirect_pool_id' | 'redirect_url' | 'redirect_prefix' | 'redirect_http_code'
  >
>;

/** HTTP code of a redirect to a URL or prefix when none is given. */
const DEFAULT_REDIRECT_CODE = 302;

function needed(value: unknown, name: string): void {
  if (value === null || value === undefined || value === '') {
    throw refuse('ERR_L7_POLICY_ARGUMENTS', { detail: `${name} must not be None` });
  }
}

/** Step 1: the action, when given, says which arguments it needs and which it drops. */
function dropUnfit(given: RedirectArguments): RedirectArguments {
  switch (given.action) {
    case 'REJECT':
      return { ...given, redirect_url: undefined, redirect_pool_id: undefined };
    case 'REDIRECT_TO_URL':
      needed(given.redirect_url, 'redirect_url');
      return { ...given, redirect_pool_id: undefined };
    case 'REDIRECT_TO_POOL':
      needed(given.redirect_pool_id, 'redirect_pool_id or redirect_pool');
      return { ...given, redirect_url: undefined };
    case 'REDIRECT_PREFIX':
      needed(given.redirect_prefix, 'redirect_prefix');
      return given;
    default:
      return given;
  }
}

const NOTHING_REDIRECTED = {
  redirect_pool_id: null,
  redirect_url: null,
  redirect_prefix: null,
  redirect_http_code: null,
};

/**
 * The redirect columns that a request sets. Empty when it mentions none of them.
 * @throws when the arguments contradict each other
 */
export function redirectChanges(request: RedirectArguments): RedirectChanges {
  const given = dropUnfit(request);
  const { redirect_pool_id: pool, redirect_url: url, redirect_prefix: prefix } = given;
  if (pool && (url || prefix)) {
    const detail =
      'Cannot specify redirect_pool_id and redirect_url or redirect_prefix at the same time';
    throw refuse('ERR_L7_POLICY_ARGUMENTS', { detail });
  }
  const code = given.redirect_http_code ?? DEFAULT_REDIRECT_CODE;
  if (pool) return { ...NOTHING_REDIRECTED, action: 'REDIRECT_TO_POOL', redirect_pool_id: pool };
  if (url) {
    const columns = { redirect_url: url, redirect_http_code: code };
    return { ...NOTHING_REDIRECTED, action: 'REDIRECT_TO_URL', ...columns };
  }
  if (prefix) {
    const columns = { redirect_prefix: prefix, redirect_http_code: code };
    return { ...NOTHING_REDIRECTED, action: 'REDIRECT_PREFIX', ...columns };
  }
  if (given.action === 'REJECT') return { ...NOTHING_REDIRECTED, action: 'REJECT' };
  return given.redirect_http_code === undefined
    ? {}
    : { redirect_http_code: given.redirect_http_code };
}
