export type {
  AgentDriver,
  DeviceEvents,
  ServiceOutcome,
  TenantResync,
} from './driver/agent-driver.ts';
export { agentHostOf } from './manager/agent-host.ts';
export type { AgentHostParts } from './manager/agent-host.ts';
export type { AgentOptions } from './options.ts';
export { startAgent } from './start-agent.ts';
export type { DriverContext, RunningAgent, StartAgentDeps } from './start-agent.ts';
export { createBarbicanReader } from './certificates/barbican-reader.ts';
export type { BarbicanReaderOptions } from './certificates/barbican-reader.ts';
export { createIControlDriver } from './driver/icontrol-driver.ts';
export type {
  DeviceOptions,
  HaType,
  IControlDriverOptions,
  SyncMode,
} from './driver/icontrol-driver-options.ts';
export { runAgent } from './run-agent.ts';
export type { AgentProcess } from './run-agent.ts';
export { runInspection } from './inspect/run-inspection.ts';
export type { InspectionAnswer, InspectionQuestion } from './inspect/run-inspection.ts';
