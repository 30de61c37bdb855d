// What the lab's Neutron says it can do.

interface Extension {
  alias: string;
  name: string;
  description: string;
  updated: string;
  links: unknown[];
}

const NAMES: Record<string, string> = {
  'allowed-address-pairs': 'Allowed Address Pairs',
  binding: 'Port Binding',
  'external-net': 'Neutron external network',
  'filter-validation': 'Filter parameters validation',
  'network-ip-availability': 'Network IP Availability',
  pagination: 'Pagination support',
  'project-id': 'project_id field enabled',
  provider: 'Provider Network',
  qos: 'Quality of Service',
  quotas: 'Quota management support',
  'security-group': 'security-group',
  sorting: 'Sorting support',
  'standard-attr-description': 'standard-attr-description',
  'standard-attr-revisions': 'Resource revision numbers',
  'standard-attr-timestamp': 'Resource timestamps',
};

export const EXTENSIONS: readonly Extension[] = Object.entries(NAMES).map(([alias, name]) => ({
  alias,
  name,
  description: name,
  updated: '2016-01-01T00:00:00-00:00',
  links: [],
}));
