import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startApi, type StartedApi } from './support/started-api.ts';

let api: StartedApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('life cycle of a load balancer', () => {
  it('goes from six requests to nothing', async () => {
    const { network } = api;
    const created = await api.post('/loadbalancers', {
      loadbalancer: { name: 'web', vip_subnet_id: network.subnetId },
    });
    expect(created.status).toBe(201);
    const { id } = created.item;
    expect(created.item).toMatchObject({
      provisioning_status: 'PENDING_CREATE',
      operating_status: 'OFFLINE',
      vip_network_id: network.networkId,
      vip_subnet_id: network.subnetId,
    });
    await api.settled();

    const listener = await api.post('/listeners', {
      listener: { loadbalancer_id: id, protocol: 'HTTP', protocol_port: 80, name: 'http' },
    });
    expect(listener.status).toBe(201);
    await api.settled();

    const pool = await api.post('/pools', {
      pool: {
        listener_id: listener.item.id,
        protocol: 'HTTP',
        lb_algorithm: 'ROUND_ROBIN',
        session_persistence: { type: 'HTTP_COOKIE' },
      },
    });
    expect(pool.status).toBe(201);
    await api.settled();
    const poolPath = `/pools/${pool.item.id}`;

    const member = await api.post(`${poolPath}/members`, {
      member: { address: '10.9.0.5', protocol_port: '8080', subnet_id: network.otherSubnetId },
    });
    expect(member.status).toBe(201);
    expect(member.item.protocol_port).toBe(8080);
    await api.settled();

    const monitor = await api.post('/healthmonitors', {
      healthmonitor: {
        pool_id: pool.item.id,
        type: 'HTTP',
        delay: 5,
        timeout: 3,
        max_retries: 2,
      },
    });
    expect(monitor.status).toBe(201);
    await api.settled();

    const shown = await api.get(`/loadbalancers/${id}`);
    expect(shown.item).toMatchObject({
      provisioning_status: 'ACTIVE',
      listeners: [{ id: listener.item.id }],
      pools: [{ id: pool.item.id }],
    });
    const status = await api.get(`/loadbalancers/${id}/status`);
    expect(Object.keys(status.item)).toEqual(['loadbalancer']);
    expect(status.item).toMatchObject({
      loadbalancer: {
        listeners: [
          { pools: [{ health_monitor: { type: 'HTTP' }, members: [{ address: '10.9.0.5' }] }] },
        ],
      },
    });
    expect((await api.get(`/loadbalancers/${id}/stats`)).body).toEqual({
      stats: {
        bytes_in: 0,
        bytes_out: 0,
        active_connections: 0,
        total_connections: 0,
        request_errors: 0,
      },
    });

    expect((await api.remove(`/loadbalancers/${id}`)).status).toBe(400);
    expect((await api.remove(`/loadbalancers/${id}?cascade=true`)).status).toBe(204);
    await api.settled();
    expect((await api.get(`/loadbalancers/${id}`)).status).toBe(404);
    expect(network.ports.size).toBe(0);
  });
});
