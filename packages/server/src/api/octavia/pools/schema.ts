// Pool attributes as requests to /pools carry them.
import { attributes, omissible, optional, text, Uuid } from '../request/attribute-types.ts';
import type { FilterTypes } from '../request/list-query.ts';
import { bodySpec } from '../request/parse-body.ts';
import {
  Algorithm,
  ChangedPersistence,
  named,
  NewPersistence,
  Protocol,
  rest,
} from './attributes.ts';

export const createBody = bodySpec(
  'pool_',
  'pool',
  attributes({
    ...named,
    listener_id: optional(Uuid),
    loadbalancer_id: optional(Uuid),
    protocol: Protocol,
    lb_algorithm: Algorithm,
    session_persistence: optional(NewPersistence),
    project_id: optional(text(36)),
    tenant_id: optional(text(36)),
    ...rest,
  }),
);

export const updateBody = bodySpec(
  'pool_',
  'pool',
  attributes({
    ...named,
    lb_algorithm: omissible(Algorithm),
    session_persistence: optional(ChangedPersistence),
    ...rest,
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
  loadbalancer_id: 'text',
  healthmonitor_id: 'text',
  protocol: 'text',
  lb_algorithm: 'text',
  tls_container_ref: 'text',
  ca_tls_container_ref: 'text',
  crl_container_ref: 'text',
  tls_enabled: 'boolean',
  tls_ciphers: 'text',
};
