// Quotas as responses show them: both spellings of two of the limits.
import type { ProjectQuota } from '../../../service/quotas/quota-service.ts';
import type { View } from '../page.ts';

export function quotaView({ projectId, limits }: ProjectQuota): View {
  return {
    project_id: projectId,
    loadbalancer: limits.loadbalancer,
    load_balancer: limits.loadbalancer,
    listener: limits.listener,
    member: limits.member,
    pool: limits.pool,
    healthmonitor: limits.healthmonitor,
    health_monitor: limits.healthmonitor,
    l7policy: limits.l7policy,
    l7rule: limits.l7rule,
    tenant_id: projectId,
  };
}
