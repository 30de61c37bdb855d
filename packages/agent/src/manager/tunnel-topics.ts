// Topics on which Neutron's agents tell each other of tunnels.
// @see neutron `common/topics.py`

export const L2POPULATION_TOPIC = 'q-agent-notifier-l2population-update';
export const TUNNEL_TOPIC = 'q-agent-notifier-tunnel-update';
