export { describeRpcTransportContract } from './contracts/rpc-transport.ts';
export type { TransportFixture } from './contracts/rpc-transport.ts';
export { createManualClock, createSeededRandom } from './manual-clock.ts';
export type { ManualClock } from './manual-clock.ts';
export { waitFor } from './wait-for.ts';
export type { WaitOptions } from './wait-for.ts';
export {
  aHealthMonitorRow,
  aListenerRow,
  aLoadBalancerRow,
  aMemberRow,
  anL7PolicyRow,
  anL7RuleRow,
  aPoolRow,
} from './builders/rows.ts';
export { aService } from './service-builders.ts';
export type { ServiceParts } from './service-builders.ts';
export { findRabbitMq } from './services/rabbitmq.ts';
export type { RabbitMq } from './services/rabbitmq.ts';
export { startTcpProxy } from './tcp-proxy.ts';
export type { TcpProxy } from './tcp-proxy.ts';
export { EmulatorProcess } from './bench/emulator-process.ts';
export { measureLoad } from './bench/load.ts';
export type { LoadResult } from './bench/load.ts';
export { cpuSecondsOf, memoryOf } from './bench/machine.ts';
export { figure } from './bench/report.ts';
export type { ReportTable } from './bench/report.ts';
export { runBench } from './bench/run-bench.ts';
export type { BenchReport, BenchRun } from './bench/run-bench.ts';
