// At start: a provider that load balancers have must go on meaning the environment that has their configuration.
// Otherwise they would be made a second time on other devices, under another prefix, or be nobody's.
import { LbaasError } from '@f5-lbaas/model';
import type { ProviderEnvironmentRow, Repositories, Storage } from '@f5-lbaas/storage';
import { environmentOf, type Providers } from './providers.ts';

/**
 * Remembers which environment each configured provider stands for.
 * @throws LbaasError kind `conflict`, code ERR_PROVIDER_IN_USE, when a provider with load balancers is not configured
 *   any more, or is with another environment
 */
export async function rememberProviders(storage: Storage, providers: Providers): Promise<void> {
  try {
    await storage.transaction((repositories) => remember(repositories, providers));
  } catch (error) {
    // Another server started at the same moment and was first; now its rows can be compared with.
    if (!(error instanceof LbaasError && error.code === 'ERR_DUPLICATE')) throw error;
    await storage.transaction((repositories) => remember(repositories, providers));
  }
}

async function remember(repositories: Repositories, providers: Providers): Promise<void> {
  const { providerEnvironments } = repositories;
  const rows = await providerEnvironments.list();
  const problems: string[] = [];
  for (const row of rows) {
    const configured = environmentOf(providers, row.provider);
    if (configured === row.environment) continue;
    const problem = await problemOf(repositories, row, configured);
    if (problem !== undefined) problems.push(problem);
    // One that is not configured is kept in mind: a server that has not been stopped yet may still serve it.
    else if (configured !== undefined)
      await providerEnvironments.update(row.provider, { environment: configured });
  }
  if (problems.length > 0) {
    throw new LbaasError('conflict', 'ERR_PROVIDER_IN_USE', problems.join('\n'));
  }
  const known = new Set(rows.map(({ provider }) => provider));
  for (const [provider, { environment }] of Object.entries(providers)) {
    if (!known.has(provider)) await providerEnvironments.insert({ provider, environment });
  }
}

/** @param configured undefined: the provider is not configured */
async function problemOf(
  { loadbalancers }: Repositories,
  { provider, environment }: ProviderEnvironmentRow,
  configured: string | undefined,
): Promise<string | undefined> {
  const isFirstKnown = environment === null && configured !== undefined;
  const inUse = isFirstKnown ? 0 : await loadbalancers.count({ provider });
  if (inUse === 0) return undefined;
  const before = environment === null ? '' : ` in environment '${environment}'`;
  const fact = `Provider '${provider}' has load balancers (${inUse})${before}`;
  return configured === undefined
    ? `${fact}, but is not configured: add it to [service_providers], or delete them first.`
    : `${fact}, but is configured for environment '${configured}', where they are not: ` +
        'give the other environment a provider of its own, or delete them first.';
}
