// VIP ports whose address went while their load balancer stays: given back once the devices have let go of it.
import type { LoadBalancer } from '@f5-lbaas/model';
import type { DriverDeps } from './driver-deps.ts';

/** Safe to repeat, and in several servers at once. @throws LbaasError when Neutron or the database is away */
export async function releasePorts({
  storage,
  neutron,
  logger,
}: Pick<DriverDeps, 'storage' | 'neutron' | 'logger'>): Promise<void> {
  const { read } = storage;
  for (const release of await read.portReleases.list()) {
    const row = await read.loadbalancers.find(release.loadbalancer_id);
    if (row !== undefined && !isSettled(row, release.revision)) continue;
    const leaving = { loadbalancer_id: release.loadbalancer_id, delete_requested: true };
    if ((await read.listeners.count(leaving)) > 0) continue;
    await neutron.deletePort(release.port_id);
    await storage.transaction(({ portReleases }) => portReleases.delete(release.port_id));
    logger.info({ port_id: release.port_id }, 'VIP port given back');
  }
}

function isSettled(row: LoadBalancer, revision: number): boolean {
  return row.provisioning_status === 'ACTIVE' && row.applied_revision >= revision;
}
