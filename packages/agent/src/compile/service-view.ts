// A service definition as the builders want it: what stays, what goes, and who belongs to whom.
import type {
  ServiceDefinition,
  ServiceHealthMonitor,
  ServiceL7Policy,
  ServiceL7Rule,
  ServiceListener,
  ServiceLoadBalancer,
  ServiceMember,
  ServicePool,
} from '@f5-lbaas/model';
import { additionalVipPath, objectPath, partitionName } from '../adapters/names.ts';
import type { ServiceNetworks } from './service-networks.ts';
import type { EnhancedServices } from '../esd/enhanced-service.ts';
import type { TlsMaterial } from './tls-material.ts';

/** own: our f5.lbaas template is on all devices. foreign: a device has one of F5's under that name. */
export type TemplateOrigin = 'own' | 'foreign';

/** Facts about agent and devices that shape what is compiled. */
export interface CompileContext {
  /** Pools become application services of this template. @default every object is written for itself */
  iappTemplate?: TemplateOrigin;
  /** As `objectPrefix` makes it. */
  prefix: string;
  /** Floating traffic groups of the devices, sorted; empty when unknown. */
  trafficGroups: readonly string[];
  /** LTM policies are drafts unless made as legacy ones: TMOS 12.1 and later. */
  hasDraftPolicies: boolean;
  /** TLS 1.3 and the ciphers that came with it: TMOS 14.0 and later. @default true */
  hasTls13?: boolean;
  /** Parent of client-ssl profiles, in /Common. @default 'clientssl' */
  parentSslProfile?: string;
  /** ESDs that all devices can serve. @default none */
  esds?: EnhancedServices;
  /** Certificates that the service refers to. @default none could be read */
  material?: TlsMaterial;
  /** What was allocated on the device; absent in global routed mode. */
  networks?: ServiceNetworks | undefined;
}

/** An address at which a load balancer is reached. */
export interface Vip {
  /** With its route domain, `%0` included. */
  address: string;
  /** Full path of what stands for a load balancer or a listener at this address. */
  path: (id: string) => string;
}

/** Everything in it stays; what is on its way out is only in the service definition. */
export interface ServiceView {
  context: CompileContext;
  partition: string;
  loadbalancer: ServiceLoadBalancer;
  /** False: the load balancer goes, and with it everything below. */
  stays: boolean;
  listeners: readonly ServiceListener[];
  pools: readonly ServicePool[];
  membersOf: (poolId: string) => readonly ServiceMember[];
  /** Monitors in force, which disabled ones are not. More than one: LBaaS v1 has associated them. */
  monitorsOf: (poolId: string) => readonly ServiceHealthMonitor[];
  pool: (poolId: string | null | undefined) => ServicePool | undefined;
  /** Ordered by position. */
  policiesOf: (listenerId: string) => readonly ServiceL7Policy[];
  rulesOf: (policyId: string) => readonly ServiceL7Rule[];
  /** Full path of the device object for an id. */
  path: (id: string) => string;
  /** The load balancer's addresses, its own first; none while it has none. */
  vips: readonly Vip[];
  /** With its route domain, `%0` included. */
  addressOf: (member: ServiceMember) => string;
}

function staying<T extends { provisioning_status: string }>(objects: readonly T[]): T[] {
  return objects.filter(
    ({ provisioning_status: status }) => status !== 'PENDING_DELETE' && status !== 'DELETED',
  );
}

/** F5's Python driver leaves the L7 keys out of some services. */
type MaybeWithoutL7 = Pick<Partial<ServiceDefinition>, 'l7policies' | 'l7policy_rules'>;

export function l7PoliciesOf({ l7policies }: MaybeWithoutL7): readonly ServiceL7Policy[] {
  return l7policies ?? [];
}

export function l7RulesOf({ l7policy_rules: rules }: MaybeWithoutL7): readonly ServiceL7Rule[] {
  return rules ?? [];
}

export function viewOf(service: ServiceDefinition, context: CompileContext): ServiceView {
  const { loadbalancer } = service;
  const partition = partitionName(context.prefix, loadbalancer.tenant_id);
  const stays = staying([loadbalancer]).length === 1;
  const listeners = stays ? staying(service.listeners) : [];
  const pools = stays ? staying(service.pools) : [];
  const members = staying(service.members);
  const monitors = staying(service.healthmonitors);
  const policies = staying(l7PoliciesOf(service));
  const rules = staying(l7RulesOf(service));
  const path = (id: string): string => objectPath(partition, context.prefix, id);
  return {
    context,
    partition,
    loadbalancer,
    stays,
    listeners,
    pools,
    membersOf: (poolId) => members.filter((member) => member.pool_id === poolId),
    monitorsOf: (poolId) =>
      monitors.filter((monitor) => monitor.pool_id === poolId && monitor.admin_state_up),
    pool: (poolId) => pools.find((pool) => pool.id === poolId),
    policiesOf: (listenerId) =>
      policies
        .filter((policy) => policy.listener_id === listenerId)
        .sort((a, b) => a.position - b.position),
    rulesOf: (policyId) => rules.filter((rule) => rule.policy_id === policyId),
    path,
    vips: vipsOf(loadbalancer, path, context),
    addressOf: ({ id, address }) =>
      `${address}%${context.networks?.routeDomainOfMember.get(id) ?? 0}`,
  };
}

/** All VIPs of a load balancer are in one network, so in one route domain. */
function vipsOf(
  { vip_address: address, additional_vips: additional }: ServiceLoadBalancer,
  path: Vip['path'],
  { networks }: CompileContext,
): Vip[] {
  // Pools of LBaaS v1 exist before there is an address for them.
  if (address === '') return [];
  const at = (bare: string): string => `${bare}%${networks?.routeDomainOfVip ?? 0}`;
  const others = additional.flatMap(({ ip_address: ip, subnet_id: subnet }): Vip[] =>
    ip === null ? [] : [{ address: at(ip), path: (id) => additionalVipPath(path(id), subnet) }],
  );
  return [{ address: at(address), path }, ...others];
}
