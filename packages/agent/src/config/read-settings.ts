// The agent's settings from its configuration files.
import { hostname } from 'node:os';
import { LbaasError } from '@f5-lbaas/model';
import {
  ConfigurationError,
  loadConfigurationFiles,
  readConfiguration,
  type ConfigurationSource,
} from '@f5-lbaas/platform';
import { AGENT_INI_OPTIONS, type AgentIniValues } from './agent-ini.ts';
import { agentSettings, type AgentSettings } from './agent-settings.ts';

export interface ReadSettings {
  values: AgentIniValues;
  warnings: readonly string[];
  settings: AgentSettings;
}

/** @throws LbaasError kind `bad_request` with everything that is wrong in the files */
export async function readSettings(sources: readonly ConfigurationSource[]): Promise<ReadSettings> {
  try {
    const files = await loadConfigurationFiles(sources);
    const { values, warnings } = readConfiguration(AGENT_INI_OPTIONS, files);
    return { values, warnings, settings: agentSettings(values, hostname()) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new LbaasError('bad_request', 'ERR_CONFIGURATION', error.message, { cause: error });
  }
}
