// Providers as the APIs name them and the environments that serve them: which agents, which topics, which prefix on
// the devices. A load balancer keeps its provider for life, so its environment follows from it. Pure.

export interface ProviderSettings {
  /** Shown by `GET /providers`. */
  description: string;
  /** Environment that serves this provider: the `environment_prefix` of its agents. */
  environment: string;
}

/** Name, in lower case, -> what it stands for. Several providers may share an environment. */
export type Providers = Readonly<Record<string, ProviderSettings>>;

/** Undefined: this server is not configured for the provider. */
export function environmentOf(providers: Providers, provider: string): string | undefined {
  return Object.hasOwn(providers, provider) ? providers[provider]?.environment : undefined;
}

/** Each once, in the order in which the providers are configured. */
export function environmentsOf(providers: Providers): string[] {
  return [...new Set(Object.values(providers).map(({ environment }) => environment))];
}
