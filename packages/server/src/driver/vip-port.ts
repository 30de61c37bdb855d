// The VIP's Neutron port: bound to the agent while in use, given back or deleted when the load balancer goes.
import { LbaasError, type LoadBalancer, type NeutronPort } from '@f5-lbaas/model';
import type { AgentRow } from '@f5-lbaas/storage';
import { agentFacts } from '../scheduler/agent-facts.ts';
import type { DriverDeps } from './driver-deps.ts';

type PortDeps = Pick<DriverDeps, 'neutron' | 'logger' | 'options'>;

/**
 * Puts the port on the agent's host, which lets ML2 allocate the segment, also after a move to another
 * agent. Its owner stays as the API made it. Not for overcloud devices, whose ports Nova manages.
 * A failure is logged only: in global routed mode nothing depends on it, elsewhere the agent waits.
 */
export async function bindVipPort(
  { neutron, logger, options }: PortDeps,
  port: NeutronPort | undefined,
  agent: AgentRow,
): Promise<void> {
  if (port === undefined || agentFacts(agent).novaManaged) return;
  if (port['binding:host_id'] === agent.host) return;
  try {
    await neutron.updatePort(port.id, {
      admin_state_up: true,
      'binding:host_id': agent.host,
      'binding:vnic_type': options.vipVnicType,
      'binding:profile': {},
    });
  } catch (error) {
    if (!(error instanceof LbaasError)) throw error;
    logger.warn({ port_id: port.id, error: error.message }, 'VIP port could not be bound');
  }
}

/**
 * Deletes the port that we made; a user's own port is only let go of. Absent is success.
 * @throws LbaasError when Neutron is away, or refuses to delete our port
 */
export async function releaseVipPort(
  { neutron, logger }: PortDeps,
  loadbalancer: LoadBalancer,
): Promise<void> {
  const portId = loadbalancer.vip_port_id;
  if (portId === null) return;
  if (loadbalancer.vip_port_owned) {
    const ports = [portId, ...loadbalancer.additional_vips.map((vip) => vip.port_id)];
    for (const id of new Set(ports)) if (id !== null) await neutron.deletePort(id);
    return;
  }
  try {
    await neutron.updatePort(portId, {
      device_id: '',
      device_owner: '',
      'binding:host_id': '',
    });
  } catch (error) {
    if (!(error instanceof LbaasError) || error.kind === 'unavailable') throw error;
    // The user's port: gone, or not ours to change. Either way the load balancer can go.
    logger.warn({ port_id: portId, error: error.message }, 'user port could not be let go of');
  }
}
