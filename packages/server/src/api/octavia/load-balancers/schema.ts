// Load balancer attributes as requests carry them.
import {
  attributes,
  Bool,
  IpAddress,
  Name,
  optional,
  Tags,
  text,
  Uuid,
} from '../request/attribute-types.ts';
import Type from 'typebox';

import { NestedListener } from '../listeners/schema.ts';
import { NestedPool } from '../pools/nested-schema.ts';
import { bodySpec } from '../request/parse-body.ts';
import type { FilterTypes } from '../request/list-query.ts';

const AdditionalVip = attributes({
  subnet_id: Uuid,
  ip_address: optional(IpAddress),
  port_id: optional(Uuid),
});

export const createBody = bodySpec(
  'load_balancer',
  'loadbalancer',
  attributes({
    name: optional(Name),
    description: optional(Name),
    admin_state_up: optional(Bool),
    vip_address: optional(IpAddress),
    vip_port_id: optional(Uuid),
    vip_subnet_id: optional(Uuid),
    vip_network_id: optional(Uuid),
    vip_qos_policy_id: optional(Uuid),
    vip_sg_ids: optional(Type.Array(Uuid)),
    additional_vips: optional(Type.Array(AdditionalVip)),
    project_id: optional(text(36)),
    tenant_id: optional(text(36)),
    listeners: optional(Type.Array(NestedListener)),
    pools: optional(Type.Array(NestedPool)),
    provider: optional(text(64)),
    flavor_id: optional(Uuid),
    availability_zone: optional(Name),
    tags: optional(Tags),
  }),
);

export const updateBody = bodySpec(
  'load_balancer',
  'loadbalancer',
  attributes({
    name: optional(Name),
    description: optional(Name),
    vip_qos_policy_id: optional(Uuid),
    vip_sg_ids: optional(Type.Array(Uuid)),
    admin_state_up: optional(Bool),
    tags: optional(Tags),
  }),
);

export const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  description: 'text',
  provisioning_status: 'text',
  operating_status: 'text',
  admin_state_up: 'boolean',
  created_at: 'time',
  updated_at: 'time',
  project_id: 'text',
  vip_address: 'text',
  vip_port_id: 'text',
  vip_subnet_id: 'text',
  vip_network_id: 'text',
  vip_qos_policy_id: 'text',
  provider: 'text',
  flavor_id: 'text',
  availability_zone: 'text',
  vip_vnic_type: 'text',
};
