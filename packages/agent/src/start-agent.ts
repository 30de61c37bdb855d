// Puts an agent together from its parts. Used by the agent process and by the lab.
import type { Clock, Logger, MetricsRegistry, Random } from '@f5-lbaas/platform';
import { pluginTopic, type RpcTransport } from '@f5-lbaas/rpc';
import type { TunnelPeers } from './allocate/tunnel-peers.ts';
import type { NetworkPorts } from './allocate/ports.ts';
import type { NetworkSettings } from './config/network-settings.ts';
import type { AgentDriver } from './driver/agent-driver.ts';
import { agentHostOf } from './manager/agent-host.ts';
import { LbaasAgentManager } from './manager/lbaas-agent-manager.ts';
import { PluginApi } from './manager/plugin-api.ts';
import { TunnelOutbox } from './manager/tunnel-outbox.ts';
import { PluginPorts } from './manager/plugin-ports.ts';
import { MANAGER_DEFAULTS, type AgentOptions } from './options.ts';

/** What a driver may need to know of the agent it works for. */
export interface DriverContext {
  agentHost: string;
  environmentPrefix: string;
  /** Addresses for devices, by way of the server. */
  ports: NetworkPorts;
  /** Told of the devices' tunnels; undefined without l2population. */
  peers: TunnelPeers | undefined;
  clock: Clock;
  random: Random;
  logger: Logger;
}

export interface StartAgentDeps {
  options: AgentOptions;
  /** Not closed by the agent: whoever made it closes it. */
  transport: RpcTransport;
  /** Makes the device driver; the agent starts and stops it. */
  createDriver: (context: DriverContext) => AgentDriver;
  /** Where metrics are counted, if anywhere. */
  registry?: MetricsRegistry;
  clock: Clock;
  random: Random;
  logger: Logger;
}

export interface RunningAgent {
  /** Name in heartbeats, topics and bindings. */
  agentHost: string;
  /** What waits or runs now. */
  state(): LbaasAgentManager['state'];
  /** At least one device is ready. */
  isOperational(): boolean;
  /** Finishes or stops what runs. Safe to repeat. */
  stop(): Promise<void>;
}

const CALL_TIMEOUT_MS = 60_000;

/** Resolves once the agent takes messages; devices are connected to in the background. */
export async function startAgent(deps: StartAgentDeps): Promise<RunningAgent> {
  const { options, transport, clock, random } = deps;
  const { environmentPrefix, environmentSpecificPlugin = true } = options;
  const agentHost = agentHostOf(options);
  const logger = deps.logger.child({ agent: agentHost });
  const server = {
    transport,
    topic: pluginTopic(environmentSpecificPlugin ? environmentPrefix : ''),
    agentHost,
    callTimeoutMs: options.callTimeoutMs ?? CALL_TIMEOUT_MS,
  };
  const plugin = new PluginApi({ ...server, environment: environmentPrefix });
  const ports = new PluginPorts(server);
  const tunnels = new TunnelOutbox(transport, logger);
  const peers = options.networks?.l2Population === true ? tunnels : undefined;
  const parts = { agentHost, environmentPrefix, ports, peers, clock, random, logger };
  const driver = deps.createDriver(parts);
  const manager = new LbaasAgentManager(
    { transport, driver, plugin, tunnels, clock, random, logger, registry: deps.registry },
    {
      ...MANAGER_DEFAULTS,
      ...options.manager,
      identity: {
        agentHost,
        environmentPrefix,
        environmentGroupNumber: options.environmentGroupNumber ?? 1,
        ...networkIdentity(options.networks),
        staticConfiguration: options.staticConfiguration ?? {},
      },
    },
  );
  await manager.start();
  return {
    agentHost,
    state: () => manager.state,
    isOperational: () => driver.operational,
    stop: () => manager.stop(),
  };
}

/** What servers are told of the agent's networks, to choose agents and segments by. */
function networkIdentity(networks: NetworkSettings | undefined) {
  if (networks === undefined) {
    return {
      globalRoutedMode: true,
      l2Population: false,
      tunnelTypes: [],
      bridgeMappings: {},
      networkFacts: {},
    };
  }
  const mappings = networks.interfaces.map(({ physicalNetwork, host, interface: port }) => [
    host === undefined ? physicalNetwork : `${physicalNetwork}:${host}`,
    port,
  ]);
  return {
    globalRoutedMode: false,
    l2Population: networks.l2Population,
    tunnelTypes: networks.tunnelTypes,
    bridgeMappings: Object.fromEntries(mappings) as Record<string, string>,
    networkFacts: {
      common_networks: networks.existingVlans,
      f5_common_external_networks: networks.commonExternalNetworks,
      network_segment_physical_network: networks.segmentPhysicalNetwork ?? null,
    },
  };
}
