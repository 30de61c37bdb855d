// Enhanced service definitions (ESD): names under which an operator offers what the API has no words for.
// @see f5-openstack-agent docs, "Enhanced Service Definitions"

/** What each tag holds, and below which collections of /Common the named objects must be found. */
export const ESD_TAGS = {
  lbaas_ctcp: { isList: false, collections: ['/ltm/profile/tcp'] },
  lbaas_stcp: { isList: false, collections: ['/ltm/profile/tcp'] },
  lbaas_cssl_profile: { isList: false, collections: ['/ltm/profile/client-ssl'] },
  lbaas_sssl_profile: { isList: false, collections: ['/ltm/profile/server-ssl'] },
  lbaas_http_profile: { isList: false, collections: ['/ltm/profile/http'] },
  lbaas_oneconnect_profile: { isList: false, collections: ['/ltm/profile/one-connect'] },
  lbaas_irule: { isList: true, collections: ['/ltm/rule'] },
  lbaas_policy: { isList: true, collections: ['/ltm/policy'] },
  lbaas_persist: { isList: false, collections: persistenceTypes() },
  lbaas_fallback_persist: { isList: false, collections: persistenceTypes() },
} as const satisfies Record<string, { isList: boolean; collections: readonly string[] }>;

export type EsdTag = keyof typeof ESD_TAGS;

/** Names of objects in /Common, by tag; tags of one name hold a list of one. */
export type EnhancedService = Readonly<Partial<Record<EsdTag, readonly string[]>>>;

/** By name of the ESD. */
export type EnhancedServices = ReadonlyMap<string, EnhancedService>;

function persistenceTypes(): string[] {
  return ['cookie', 'dest-addr', 'source-addr', 'hash', 'msrdp', 'sip', 'ssl', 'universal'].map(
    (type) => `/ltm/persistence/${type}`,
  );
}

export function isEsdTag(name: string): name is EsdTag {
  return Object.hasOwn(ESD_TAGS, name);
}

export function tagsOf(service: EnhancedService): [EsdTag, readonly string[]][] {
  return Object.entries(service) as [EsdTag, readonly string[]][];
}
