// Plan and drift as commands: from configuration files to an answer for an operator.
import { readFile } from 'node:fs/promises';
import { LbaasError, type ServiceDefinition } from '@f5-lbaas/model';
import {
  createLogger,
  systemClock,
  systemRandom,
  type ConfigurationSource,
} from '@f5-lbaas/platform';
import { amqpOptionsOf, createAmqpTransport, pluginTopic } from '@f5-lbaas/rpc';
import { createBarbicanReader } from '../certificates/barbican-reader.ts';
import { readSettings } from '../config/read-settings.ts';
import { createIControlDriver } from '../driver/icontrol-driver.ts';
import { agentHostOf } from '../manager/agent-host.ts';
import { PluginApi } from '../manager/plugin-api.ts';
import { PluginPorts } from '../manager/plugin-ports.ts';
import { readServiceDefinition } from '../manager/read-service.ts';
import {
  fetchService,
  inspectionInWords,
  inspectService,
  inspectTenants,
  isClean,
  type Inspection,
  type InspectionDeps,
} from './inspect.ts';

/** What an operator asks: one load balancer by id, one service definition from a file, or whole tenants. */
export type InspectionQuestion =
  | { what: 'loadbalancer'; id: string }
  | { what: 'file'; path: string }
  | { what: 'tenants'; ids: readonly string[] };

export interface InspectionAnswer {
  inspection: Inspection;
  /** For people. */
  lines: readonly string[];
  /** The devices show everything as it should be. */
  isClean: boolean;
}

const PROCESS_NAME = 'f5-lbaas-inspect';
const CALL_TIMEOUT_MS = 60_000;

async function serviceFromFile(path: string): Promise<ServiceDefinition> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LbaasError('bad_request', 'ERR_SERVICE_FILE', `${path}: ${reason}`, { cause: error });
  }
  return readServiceDefinition(json);
}

async function answer(deps: InspectionDeps, question: InspectionQuestion): Promise<Inspection> {
  if (question.what === 'tenants') return inspectTenants(deps, question.ids);
  const service =
    question.what === 'file'
      ? await serviceFromFile(question.path)
      : await fetchService(deps, question.id);
  return inspectService(deps, service);
}

/**
 * Reads the server over the message bus, except for a service definition from a file, and the devices.
 * @throws LbaasError for what an operator can set right
 */
export async function runInspection(
  sources: readonly ConfigurationSource[],
  question: InspectionQuestion,
): Promise<InspectionAnswer> {
  const { values, settings } = await readSettings(sources);
  const logger = createLogger(PROCESS_NAME, { level: 'silent' });
  const parts = { clock: systemClock, random: systemRandom, logger };
  const transport = createAmqpTransport({
    ...amqpOptionsOf(values),
    ...parts,
    connectionName: PROCESS_NAME,
  });
  const { environmentPrefix, environmentSpecificPlugin = true, networks } = settings.agent;
  const server = {
    transport,
    topic: pluginTopic(environmentSpecificPlugin ? environmentPrefix : ''),
    agentHost: agentHostOf(settings.agent),
    callTimeoutMs: settings.agent.callTimeoutMs ?? CALL_TIMEOUT_MS,
  };
  const secrets =
    settings.certificates && createBarbicanReader({ ...settings.certificates, clock: systemClock });
  const driver = createIControlDriver({
    ...parts,
    ...settings.driver,
    environmentPrefix,
    secrets: secrets?.reader,
    networks: networks && { settings: networks, ports: new PluginPorts(server) },
    deviceProbeIntervalMs: 0,
    isReadOnly: true,
  });
  const deps: InspectionDeps = {
    driver,
    plugin: new PluginApi({ ...server, environment: environmentPrefix }),
    clock: systemClock,
    connectTimeoutMs: values.connectTimeoutMs,
    signal: new AbortController().signal,
  };
  try {
    const inspection = await answer(deps, question);
    return { inspection, lines: inspectionInWords(inspection), isClean: isClean(inspection) };
  } finally {
    await driver.stop();
    await secrets?.close();
    await transport.close();
  }
}
