// Which part of the lab listens where: every port follows from the base port.
import { createServer } from 'node:net';
import { LbaasError } from '@f5-lbaas/model';

export const DEFAULT_PORT_BASE = 9870;
export const LAB_ADDRESS = '127.0.0.1';

/** Offsets from the base; with the default base the load-balancer API is on 9876, Octavia's own port. */
const OFFSETS = {
  identity: 0,
  network: 1,
  deviceA: 2,
  deviceB: 3,
  controlA: 4,
  controlB: 5,
  loadBalancer: 6,
  keyManager: 8,
  networkEndpoint: 7,
} as const;
type LabPart = keyof typeof OFFSETS;
export type PortMap = Record<LabPart, number>;

const NAMES: Record<LabPart, string> = {
  identity: 'Keystone',
  network: 'Neutron',
  deviceA: 'bigip-a.lab',
  deviceB: 'bigip-b.lab',
  controlA: 'the control door of bigip-a.lab',
  controlB: 'the control door of bigip-b.lab',
  loadBalancer: 'the load-balancer API',
  keyManager: 'Barbican',
  networkEndpoint: 'the network endpoint',
};

function parts(): LabPart[] {
  return Object.keys(OFFSETS) as LabPart[];
}

/** @param base 1..65,520 (the command checks it) */
export function portMap(base: number): PortMap {
  const at = (part: LabPart): number => base + OFFSETS[part];
  return {
    identity: at('identity'),
    network: at('network'),
    deviceA: at('deviceA'),
    deviceB: at('deviceB'),
    controlA: at('controlA'),
    controlB: at('controlB'),
    loadBalancer: at('loadBalancer'),
    keyManager: at('keyManager'),
    networkEndpoint: at('networkEndpoint'),
  };
}

/**
 * Second octet of the VIP subnet, 10..249: labs with different base ports run side by side on one machine,
 * so their VIPs must differ. The default base gives 10.
 */
export function vipOctetOf(base: number): number {
  const steps = Math.round((base - DEFAULT_PORT_BASE) / 10);
  return 10 + (((steps % 240) + 240) % 240);
}

function probe(port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error));
    server.listen({ host: LAB_ADDRESS, port }, () => server.close(() => resolve(undefined)));
  });
}

/** @throws LbaasError kind `conflict` that names the first port that cannot be had */
export async function checkPortsAreFree(ports: PortMap): Promise<void> {
  for (const part of parts()) {
    const error = await probe(ports[part]);
    if (error === undefined) continue;
    const why =
      error.code === 'EADDRINUSE'
        ? 'is already in use'
        : `cannot be used (${error.code ?? error.message})`;
    throw new LbaasError(
      'conflict',
      'ERR_PORT_BUSY',
      `Port ${ports[part]} of ${LAB_ADDRESS}, for ${NAMES[part]}, ${why}: ` +
        'free it, or choose other ports with --port-base.',
      { context: { port: ports[part] } },
    );
  }
}
