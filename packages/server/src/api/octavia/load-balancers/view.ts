// Load balancers as responses show them.
import type { LoadBalancer, LoadBalancerTree, Statistics } from '@f5-lbaas/model';

import type { LoadBalancerDetail } from '../../../service/reading/relations.ts';
import type { PoolStatus, StatusTree } from '../../../service/reading/status-tree.ts';
import { references, timestamp } from '../common-view.ts';
import { fullListener } from '../listeners/view.ts';
import type { View } from '../page.ts';
import { fullPool } from '../pools/view.ts';

export function loadBalancerView(detail: LoadBalancerDetail): View {
  const { loadbalancer } = detail;
  return {
    ...head(loadbalancer),
    listeners: references(detail.listenerIds),
    pools: references(detail.poolIds),
    ...tail(loadbalancer),
  };
}

/** What a create answers: the whole tree, children first. */
export function createdLoadBalancerView(tree: LoadBalancerTree): View {
  return {
    listeners: tree.listeners.map((listener) => fullListener(listener, tree)),
    pools: tree.pools.map((pool) => fullPool(pool, tree)),
    ...head(tree.loadbalancer),
    ...tail(tree.loadbalancer),
  };
}

function head(row: LoadBalancer): View {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    provisioning_status: row.provisioning_status,
    operating_status: row.operating_status,
    admin_state_up: row.admin_state_up,
    project_id: row.project_id,
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
    vip_address: row.vip_address,
    vip_port_id: row.vip_port_id,
    vip_subnet_id: row.vip_subnet_id,
    vip_network_id: row.vip_network_id,
    vip_sg_ids: row.vip_sg_ids,
    additional_vips: row.additional_vips.map(({ subnet_id, ip_address, port_id }) => ({
      subnet_id,
      ip_address,
      port_id,
    })),
  };
}

function tail(row: LoadBalancer): View {
  return {
    provider: row.provider,
    flavor_id: row.flavor_id,
    vip_qos_policy_id: row.vip_qos_policy_id,
    tags: row.tags,
    availability_zone: row.availability_zone,
    vip_vnic_type: row.vip_vnic_type,
    tenant_id: row.project_id,
  };
}

export function statisticsView(statistics: Statistics): View {
  return {
    bytes_in: statistics.bytes_in,
    bytes_out: statistics.bytes_out,
    active_connections: statistics.active_connections,
    total_connections: statistics.total_connections,
    request_errors: statistics.request_errors,
  };
}

export function statusView(tree: StatusTree): View {
  const { loadbalancer } = tree;
  return {
    loadbalancer: {
      id: loadbalancer.id,
      name: loadbalancer.name,
      operating_status: loadbalancer.operating_status,
      provisioning_status: loadbalancer.provisioning_status,
      listeners: tree.listeners.map(({ listener, pools }) => ({
        id: listener.id,
        name: listener.name,
        operating_status: listener.operating_status,
        provisioning_status: listener.provisioning_status,
        pools: pools.map(poolStatusView),
      })),
    },
  };
}

/** `health_monitor` is absent when the pool has none. */
function poolStatusView({ pool, healthmonitor, members }: PoolStatus): View {
  const monitor =
    healthmonitor === undefined
      ? {}
      : {
          health_monitor: {
            id: healthmonitor.id,
            name: healthmonitor.name,
            type: healthmonitor.type,
            provisioning_status: healthmonitor.provisioning_status,
            operating_status: healthmonitor.operating_status,
          },
        };
  return {
    id: pool.id,
    name: pool.name,
    provisioning_status: pool.provisioning_status,
    operating_status: pool.operating_status,
    ...monitor,
    members: members.map((member) => ({
      id: member.id,
      name: member.name,
      operating_status: member.operating_status,
      provisioning_status: member.provisioning_status,
      address: member.address,
      protocol_port: member.protocol_port,
    })),
  };
}
