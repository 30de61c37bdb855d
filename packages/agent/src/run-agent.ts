// The agent as a process of its own: configuration files, log, message bus, devices.
import { dirname, join } from 'node:path';
import {
  createLogger,
  createMetricsRegistry,
  createShutdown,
  openLogFile,
  startMetricsServer,
  systemClock,
  systemRandom,
  type ConfigurationSource,
  type Logger,
  type Shutdown,
} from '@f5-lbaas/platform';
import { amqpOptionsOf, createAmqpTransport } from '@f5-lbaas/rpc';
import { loadVlanBinding } from './config/vlan-binding.ts';
import { createBarbicanReader } from './certificates/barbican-reader.ts';
import type { AgentIniValues } from './config/agent-ini.ts';
import { readSettings } from './config/read-settings.ts';
import { createIControlDriver } from './driver/icontrol-driver.ts';
import { startAgent } from './start-agent.ts';

const PROCESS_NAME = 'f5-lbaas-agent';

export interface AgentProcess {
  /** Name of the agent in heartbeats. */
  agentHost: string;
  /** Ends everything that was started, in order. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts an agent; devices and broker may still be away.
 * @param sources `--config-file` and `--config-dir` in the order given; later ones win
 * @throws LbaasError kind `bad_request` with everything that is wrong in the files
 */
export async function runAgent(sources: readonly ConfigurationSource[]): Promise<AgentProcess> {
  const { values, warnings, settings } = await readSettings(sources);
  const log = openLog(values);
  const { logger } = log;
  const { networks } = settings.agent;
  for (const warning of warnings) logger.warn({}, warning);
  const parts = { clock: systemClock, random: systemRandom, logger };
  const shutdown = createShutdown({ clock: systemClock, logger });
  shutdown.add('log', () => log.close());
  try {
    const transport = createAmqpTransport({
      ...amqpOptionsOf(values),
      ...parts,
      connectionName: PROCESS_NAME,
    });
    shutdown.add('message bus', () => transport.close());
    const vlanBinding =
      values.vlanBinding === undefined
        ? undefined
        : await loadVlanBinding(values.vlanBinding, values.interfacePortMappings, logger);
    const registry = createMetricsRegistry();
    await serveMetrics(values, registry, shutdown);
    const secrets =
      settings.certificates &&
      createBarbicanReader({ ...settings.certificates, clock: systemClock });
    if (secrets !== undefined) shutdown.add('Barbican', () => secrets.close());
    const agent = await startAgent({
      options: settings.agent,
      transport,
      createDriver: (context) =>
        createIControlDriver({
          ...context,
          ...settings.driver,
          esdDirectory: settings.driver.esdDirectory ?? esdDirectoryBeside(sources),
          secrets: secrets?.reader,
          networks: networks && {
            settings: networks,
            ports: context.ports,
            peers: context.peers,
            vlanBinding,
          },
        }),
      registry,
      ...parts,
    });
    shutdown.add('agent', () => agent.stop());
    return { agentHost: agent.agentHost, stop: () => shutdown.stop('asked to') };
  } catch (error) {
    await shutdown.stop('the agent could not be started');
    throw error;
  }
}

/** `esd` in the directory of the configuration that counts most, the last one named. */
function esdDirectoryBeside(sources: readonly ConfigurationSource[]): string | undefined {
  const last = sources.at(-1);
  if (last === undefined) return undefined;
  return join('dir' in last ? last.dir : dirname(last.file), 'esd');
}

function openLog(values: AgentIniValues): { logger: Logger; close: () => void } {
  const level = values.debug ? 'debug' : 'info';
  if (values.logFile === undefined) {
    return { logger: createLogger(PROCESS_NAME, { level }), close: () => undefined };
  }
  const file = openLogFile(values.logFile);
  const logger = createLogger(PROCESS_NAME, { level, destination: file.destination });
  return { logger, close: () => file.close() };
}

async function serveMetrics(
  { metricsHost: host, metricsPort: port }: AgentIniValues,
  registry: ReturnType<typeof createMetricsRegistry>,
  shutdown: Shutdown,
): Promise<void> {
  if (port === 0) return;
  const server = await startMetricsServer(registry, { host, port });
  shutdown.add('metrics listener', () => server.close());
}
