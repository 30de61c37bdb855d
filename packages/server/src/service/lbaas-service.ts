// The domain service as the APIs see it: one part per kind of object.
import { AgentService } from './agents/agent-service.ts';
import { HealthMonitorService } from './health-monitors/health-monitor-service.ts';
import { L7PolicyService } from './l7/l7policy-service.ts';
import { L7RuleService } from './l7/l7rule-service.ts';
import { ListenerService } from './listeners/listener-service.ts';
import { LoadBalancerService } from './load-balancers/load-balancer-service.ts';
import { MemberService } from './members/member-service.ts';
import { OperatorService } from './operator/operator-service.ts';
import { PoolService } from './pools/pool-service.ts';
import { QuotaService } from './quotas/quota-service.ts';
import type { ServiceDeps } from './service-deps.ts';
import type { LbaasSettings } from './settings.ts';

export interface LbaasService {
  loadbalancers: LoadBalancerService;
  listeners: ListenerService;
  pools: PoolService;
  members: MemberService;
  healthmonitors: HealthMonitorService;
  l7policies: L7PolicyService;
  l7rules: L7RuleService;
  quotas: QuotaService;
  agents: AgentService;
  operator: OperatorService;
  settings: LbaasSettings;
}

export function createLbaasService(deps: ServiceDeps): LbaasService {
  return {
    loadbalancers: new LoadBalancerService(deps),
    listeners: new ListenerService(deps),
    pools: new PoolService(deps),
    members: new MemberService(deps),
    healthmonitors: new HealthMonitorService(deps),
    l7policies: new L7PolicyService(deps),
    l7rules: new L7RuleService(deps),
    quotas: new QuotaService(deps),
    agents: new AgentService(deps),
    operator: new OperatorService(deps),
    settings: deps.settings,
  };
}
