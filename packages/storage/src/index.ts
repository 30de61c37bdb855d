export { openStorage } from './open-storage.ts';
export type { StorageOptions } from './open-storage.ts';
export type { DatabaseFailure } from './errors.ts';
export { availableSqliteDrivers } from './dialects/sqlite-database.ts';
export type { SqliteDriverName } from './dialects/sqlite-database.ts';
export type {
  AgentRepository,
  AgentRow,
  ClusterwideAgentRepository,
  ClusterwideAgentRow,
  Condition,
  ListQuery,
  LoadBalancerRepository,
  ProviderEnvironmentRow,
  QuotaRepository,
  QuotaRow,
  Repositories,
  ResourceRepository,
  SortKey,
  StatisticsRepository,
  Storage,
  TenantBindingRepository,
  TenantBindingRow,
  V1MonitorRow,
  V1PoolRow,
  VipClaimRow,
} from './storage.ts';
