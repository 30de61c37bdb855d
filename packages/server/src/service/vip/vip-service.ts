// The VIP's side of a load balancer in Neutron: checks what the user named, makes the port, takes it back.
// A port is made before the row that owns it; whoever makes it also removes it when the row is not stored, and
// the sweeper does when that one died.
import {
  LbaasError,
  type AdditionalVip,
  type LoadBalancer,
  type NeutronPort,
  type NeutronSubnet,
} from '@f5-lbaas/model';
import { mapLimit, toError } from '@f5-lbaas/platform';

import { isNotFound, lookUpToken, mustExist } from './network-objects.ts';
import { refuse } from '../refusals.ts';
import { dropVipClaim, recordVipClaim } from './vip-claims.ts';
import type { Caller, ServiceDeps } from '../service-deps.ts';
import {
  checkAdditionalSubnets,
  checkNetworkAllowed,
  checkVipOptions,
  placeOnPort,
  subnetHolding,
  subnetWithRoom,
  type VipPlan,
  type VipRequest,
} from './vip-plan.ts';

/** VIP columns of a load balancer's row. */
export type VipColumns = Pick<
  LoadBalancer,
  | 'vip_address'
  | 'vip_port_id'
  | 'vip_subnet_id'
  | 'vip_network_id'
  | 'vip_qos_policy_id'
  | 'vip_sg_ids'
  | 'additional_vips'
  | 'vip_port_owned'
>;
type Deps = Pick<ServiceDeps, 'neutron' | 'settings' | 'logger' | 'rules' | 'storage' | 'clock'>;
type Place = Pick<VipPlan, 'networkId' | 'subnetId' | 'address' | 'port'>;

const LOOKUPS_AT_ONCE = 4;

export class VipService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Reads only. @throws LbaasError for anything that the user named and cannot have */
  async plan(caller: Caller, request: VipRequest): Promise<VipPlan> {
    const { settings } = this.#deps;
    checkVipOptions(request, settings.vip);
    const token = lookUpToken(this.#deps, caller);
    const place = await this.#place(request, token);
    const additional = await this.#additional(request, place, token);
    await this.checkQosPolicy(caller, request.vip_qos_policy_id);
    await this.checkSecurityGroups(caller, request.vip_sg_ids ?? []);
    checkNetworkAllowed(place.networkId, settings.vip);
    const inherited = place.port?.qos_policy_id;
    return {
      ...place,
      qosPolicyId: request.vip_qos_policy_id ?? (typeof inherited === 'string' ? inherited : null),
      securityGroupIds: [...(request.vip_sg_ids ?? [])],
      additional,
    };
  }

  /**
   * Makes the port, or marks the user's as taken so that no other load balancer takes it too.
   * @param id of what will own it; whoever stores that calls `settleVipClaim`
   */
  async claim(plan: VipPlan, id: string, projectId: string): Promise<VipColumns> {
    const userPort = plan.port?.id ?? null;
    const { device_id } = this.#ownership(id);
    await recordVipClaim(this.#deps, { id, device_id, user_port_id: userPort });
    const port = await this.#takePort(plan, id, projectId);
    const vip = columns(plan, port, userPort === null);
    if (vip !== undefined) return vip;
    await this.release(id, port.id, userPort === null);
    throw new LbaasError(
      'unavailable',
      'ERR_NEUTRON_ANSWER',
      'Neutron made a port without address.',
    );
  }

  /** Takes back what `claim` did. Never throws: the original failure is what the user must see. */
  async release(id: string, portId: string, owned: boolean): Promise<void> {
    try {
      if (owned) await this.#deps.neutron.deletePort(portId);
      else await this.#deps.neutron.updatePort(portId, { device_id: '', device_owner: '' });
      await dropVipClaim(this.#deps, id);
    } catch (error) {
      const fields = { port_id: portId, error: toError(error).message };
      this.#deps.logger.warn(fields, 'VIP port of a refused load balancer is given back later');
    }
  }

  async checkQosPolicy(caller: Caller, id: string | null | undefined): Promise<void> {
    if (!id) return;
    const { neutron } = this.#deps;
    const extensions = await neutron.listExtensions();
    if (!extensions.includes('qos')) throw refuse('ERR_VIP_QOS_UNAVAILABLE', {});
    const token = lookUpToken(this.#deps, caller);
    await mustExist('qos_policy', id, () => neutron.find('qos/policies', id, token));
  }

  async checkSecurityGroups(caller: Caller, ids: readonly string[]): Promise<void> {
    const token = lookUpToken(this.#deps, caller);
    await mapLimit([...ids], LOOKUPS_AT_ONCE, async (id) =>
      mustExist('Security Group', id, () => this.#deps.neutron.find('security-groups', id, token)),
    );
  }

  /** Applies a new QoS policy or security groups to the VIP port. */
  async updatePort(portId: string, changes: Record<string, unknown>): Promise<void> {
    await this.#deps.neutron.updatePort(portId, changes);
  }

  async #place(request: VipRequest, token: string | undefined): Promise<Place> {
    const { neutron } = this.#deps;
    const { vip_port_id: portId, vip_network_id: networkId, vip_subnet_id: subnetId } = request;
    if (portId) {
      const port = await mustExist('Port', portId, () => neutron.getPort(portId, token));
      if (subnetId) await mustExist('Subnet', subnetId, () => neutron.getSubnet(subnetId, token));
      return { networkId: port.network_id, port, ...placeOnPort(port, request) };
    }
    if (networkId) {
      const subnet = await this.#subnetOf(networkId, request, token);
      const address = request.vip_address ?? null;
      return { networkId, subnetId: subnet.id, address, port: undefined };
    }
    const id = subnetId ?? '';
    const subnet = await mustExist('Subnet', id, () => neutron.getSubnet(id, token));
    const address = request.vip_address ?? null;
    return { networkId: subnet.network_id, subnetId: subnet.id, address, port: undefined };
  }

  async #subnetOf(
    networkId: string,
    request: VipRequest,
    token: string | undefined,
  ): Promise<NeutronSubnet> {
    const { neutron } = this.#deps;
    await mustExist('Network', networkId, () => neutron.getNetwork(networkId, token));
    const subnets = await neutron.listSubnets({ network_id: networkId }, token);
    const { vip_subnet_id: subnetId, vip_address: address } = request;
    if (subnetId) {
      const named = subnets.find((subnet) => subnet.id === subnetId);
      return mustExist('Subnet', subnetId, () => Promise.resolve(named));
    }
    if (address) return subnetHolding(subnets, address);
    return subnetWithRoom(subnets, await neutron.getNetworkIpAvailability(networkId, token));
  }

  async #additional(
    request: VipRequest,
    place: Place,
    token: string | undefined,
  ): Promise<VipPlan['additional']> {
    const wanted = request.additional_vips ?? [];
    if (wanted.length === 0) return [];
    const subnets = await mapLimit([...wanted], LOOKUPS_AT_ONCE, async ({ subnet_id: id }) => {
      try {
        return await this.#deps.neutron.getSubnet(id, token);
      } catch (error) {
        throw isNotFound(error) ? refuse('ERR_VIP_SUBNET_MISSING', { id }) : error;
      }
    });
    checkAdditionalSubnets(place.networkId, place.subnetId, subnets);
    return wanted.map((vip) => ({
      subnet_id: vip.subnet_id,
      ip_address: vip.ip_address ?? null,
    }));
  }

  /** A refusal leaves no port; without an answer there may be one, and the claim stays. */
  async #takePort(plan: VipPlan, id: string, projectId: string): Promise<NeutronPort> {
    try {
      if (plan.port === undefined) return await this.#createPort(plan, id, projectId);
      return await this.#deps.neutron.updatePort(plan.port.id, this.#ownership(id));
    } catch (error) {
      const isRefusal = error instanceof LbaasError && error.kind !== 'unavailable';
      if (isRefusal) await dropVipClaim(this.#deps, id);
      throw error;
    }
  }

  #ownership(loadbalancerId: string): { device_id: string; device_owner: string } {
    const { device_id, device_owner } = this.#deps.rules.vipPort(loadbalancerId);
    return { device_id, device_owner };
  }

  async #createPort(
    plan: VipPlan,
    loadbalancerId: string,
    projectId: string,
  ): Promise<NeutronPort> {
    const main = { subnet_id: plan.subnetId, ip_address: plan.address };
    const fixed_ips = [main, ...plan.additional].map(withoutNulls);
    const { securityGroupIds: groups, qosPolicyId } = plan;
    return this.#deps.neutron.createPort({
      name: this.#deps.rules.vipPort(loadbalancerId).name,
      network_id: plan.networkId,
      admin_state_up: false,
      ...this.#ownership(loadbalancerId),
      project_id: projectId,
      fixed_ips,
      ...(groups.length === 0 ? {} : { security_groups: groups }),
      ...(qosPolicyId === null ? {} : { qos_policy_id: qosPolicyId }),
    });
  }
}

function withoutNulls(fixedIp: { subnet_id: string | null; ip_address: string | null }): object {
  return Object.fromEntries(Object.entries(fixedIp).filter(([, value]) => value !== null));
}

/** Undefined: the port has no address. */
function columns(plan: VipPlan, port: NeutronPort, owned: boolean): VipColumns | undefined {
  const onSubnet = (id: string | null): NeutronPort['fixed_ips'][number] | undefined =>
    port.fixed_ips.find((ip) => ip.subnet_id === id);
  const main = onSubnet(plan.subnetId) ?? port.fixed_ips[0];
  if (main === undefined) return undefined;
  const additional: AdditionalVip[] = plan.additional.map((vip) => ({
    subnet_id: vip.subnet_id,
    ip_address: onSubnet(vip.subnet_id)?.ip_address ?? vip.ip_address,
    port_id: port.id,
  }));
  return {
    vip_address: plan.address ?? main.ip_address,
    vip_port_id: port.id,
    vip_subnet_id: main.subnet_id,
    vip_network_id: port.network_id,
    vip_qos_policy_id: plan.qosPolicyId,
    vip_sg_ids: plan.securityGroupIds,
    additional_vips: additional,
    vip_port_owned: owned,
  };
}
