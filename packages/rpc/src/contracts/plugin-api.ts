// Agent -> driver: methods that the server answers (LoadBalancerCallbacks).
// Methods of F5's LBaaSv2 callbacks keep their names and arguments. `update_service_status` and
// `update_operating_status` are ours: one message for a whole service; an agent sends them only to a
// server that put a `revision` into the service definition.
import type {
  OperatingStatus,
  ProvisioningStatus,
  ResourceKind,
  Statistics,
} from '@f5-lbaas/model';

/** Outcome for one object. `DELETED`: gone from the device, drop the row. */
export interface ObjectReport {
  provisioning_status: Extract<ProvisioningStatus, 'ACTIVE' | 'ERROR' | 'DELETED'>;
  /** Omitted: leave as it is. */
  operating_status?: OperatingStatus;
  /** Why, when ERROR; the device's message. */
  reason?: string;
}

/** Args of `update_service_status` (call; answers null when stored). */
export interface ServiceStatusReport {
  loadbalancer_id: string;
  /** Agent that reports; a report from an agent that the load balancer is not bound to is ignored. */
  host: string;
  /** Revision of the service definition that was applied. Objects changed later stay PENDING. */
  revision: number;
  /** Kind -> object id -> outcome. The load balancer itself is under `loadbalancers`. */
  objects: Partial<Record<ResourceKind, Record<string, ObjectReport>>>;
}

/** Args of `update_operating_status` (cast): health as polled, many load balancers at once. */
export interface OperatingStatusReport {
  host: string;
  objects: Partial<Record<ResourceKind, Record<string, OperatingStatus>>>;
}

/** Args of `update_statistics` (cast). Counters are absolute, summed over devices. */
export interface StatisticsReport {
  host: string;
  listeners: Record<string, Statistics>;
}

/** Answer item of `get_all_loadbalancers` and its siblings. */
export interface LoadBalancerBinding {
  agent_host: string;
  lb_id: string;
  tenant_id: string;
  /** Absent from F5's Python driver. */
  revision?: number;
}

/** Args of `report_state`; doubly nested on the wire, as Neutron's agents send it. */
export interface StateReport {
  agent_state: {
    agent_state: AgentState;
  };
  /** Naive UTC, `YYYY-MM-DDTHH:MM:SS.ffffff`. */
  time: string;
}

export interface AgentState {
  binary: string;
  host: string;
  topic: string;
  agent_type: string;
  l2_population: boolean;
  start_flag?: boolean;
  uuid: string;
  configurations: AgentConfigurations;
}

/** At most 4095 characters as JSON. */
export interface AgentConfigurations {
  environment_prefix: string;
  environment_group_number: number;
  /** 0..1; >= 1 means full. F5's agents write `environment_capaciy_score` (sic); read both. */
  environment_capacity_score?: number;
  environment_capaciy_score?: number;
  operational: boolean;
  global_routed_mode: boolean;
  tunnel_types: string[];
  bridge_mappings: Record<string, string>;
  icontrol_endpoints: Record<string, IcontrolEndpoint>;
  device_drivers: string[];
  [key: string]: unknown;
}

export interface IcontrolEndpoint {
  status: string;
  /** At most 80 characters. */
  status_message: string;
  failover_state: string;
  version?: string;
  device_name?: string;
  platform?: string;
  serial_number?: string;
  local_ip?: string;
}
