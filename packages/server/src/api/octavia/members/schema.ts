// Member attributes as requests carry them.
import Type from 'typebox';

import {
  attributes,
  Bool,
  integer,
  IpAddress,
  Name,
  optional,
  PortNumber,
  Tags,
  text,
  Uuid,
} from '../request/attribute-types.ts';
import type { FilterTypes } from '../request/list-query.ts';
import { bodySpec } from '../request/parse-body.ts';

const start = { name: optional(Name), admin_state_up: optional(Bool) };
const fixed = { address: IpAddress, protocol_port: PortNumber };
const weights = { weight: optional(integer(0, 256)), backup: optional(Bool) };
const monitoring = {
  monitor_port: optional(PortNumber),
  monitor_address: optional(IpAddress),
  tags: optional(Tags),
};

/** A member without its pool, as a batch or a fully populated load balancer holds it. */
export const NewMember = attributes({
  ...start,
  ...fixed,
  ...weights,
  subnet_id: optional(Uuid),
  project_id: optional(text(36)),
  tenant_id: optional(text(36)),
  ...monitoring,
  request_sriov: optional(Bool),
});

export const createBody = bodySpec('member_', 'member', NewMember);
export const batchBody = bodySpec('members_', 'members', Type.Array(NewMember));
export const updateBody = bodySpec(
  'member_',
  'member',
  attributes({ ...start, ...weights, ...monitoring }),
);

export const filters: FilterTypes = {
  id: 'text',
  name: 'text',
  operating_status: 'text',
  provisioning_status: 'text',
  admin_state_up: 'boolean',
  address: 'text',
  protocol_port: 'integer',
  weight: 'integer',
  backup: 'boolean',
  subnet_id: 'text',
  project_id: 'text',
  created_at: 'time',
  updated_at: 'time',
  monitor_address: 'text',
  monitor_port: 'integer',
  vnic_type: 'text',
};
