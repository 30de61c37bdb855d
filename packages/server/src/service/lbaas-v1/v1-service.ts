// The part of the domain that only LBaaS v1 has: pools as roots, vips, monitors that pools share.
import type { Member, Pool } from '@f5-lbaas/model';

import type { ServiceDeps } from '../service-deps.ts';
import { memberSubnet } from './member-subnet.ts';
import { moveMember } from './pool-moves.ts';
import { V1MonitorService } from './v1-monitor-service.ts';
import { V1PoolService } from './v1-pool-service.ts';
import { V1VipService } from './v1-vip-service.ts';

export interface V1Service {
  pools: V1PoolService;
  vips: V1VipService;
  monitors: V1MonitorService;
  /** Where a new member of `pool` is; null: not known. */
  memberSubnet(pool: Pool, address: string): Promise<string | null>;
  moveMember(member: Member, target: Pool, changes: Partial<Member>): Promise<Member>;
}

export function createV1Service(deps: ServiceDeps): V1Service {
  return {
    pools: new V1PoolService(deps),
    vips: new V1VipService(deps),
    monitors: new V1MonitorService(deps),
    memberSubnet: (pool, address) => memberSubnet(deps, pool, address),
    moveMember: (member, target, changes) => moveMember(deps, member, target, changes),
  };
}
