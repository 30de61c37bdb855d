// `f5-lbaas emulator`: emulated BIG-IPs on their own, for testing any iControl REST client.
import { type Command, Option } from 'commander';
import type { RunningEmulator } from '@f5-lbaas/bigip-emulator';
import { listenAddress, nameList, wholeNumber } from '../option-values.ts';
import { type RunContext, runUntilStopped } from '../run-context.ts';

interface EmulatorFlags {
  listen: { host: string; port: number };
  devices: string[];
  deviceGroup?: string;
  autoSync: boolean;
  dataDir?: string;
  tmosVersion: string;
  loopbackOnly: boolean;
  username: string;
  password: string;
}

const DEVICES_MAX = 8;

/** `2` stands for that many devices with names of their own. */
function deviceNames(text: string): string[] {
  if (!/^\d+$/.test(text)) return nameList(text);
  const count = wholeNumber(1, DEVICES_MAX)(text);
  return Array.from({ length: count }, (_, index) => `bigip-${index + 1}.local`);
}

function describe({ devices, caPem }: RunningEmulator): string {
  const lines = devices.map(
    ({ name, url, controlUrl }) => `${name}  ${url}  control door ${controlUrl}`,
  );
  return [...lines, '', 'Certificates are signed by:', caPem.trim()].join('\n');
}

async function run(flags: EmulatorFlags, context: RunContext): Promise<void> {
  const { startEmulator } = await import('@f5-lbaas/bigip-emulator');
  const { listen, devices, deviceGroup, autoSync, dataDir, tmosVersion: version } = flags;
  const { username, password } = flags;
  const emulator = await startEmulator({
    devices: devices.map((name, index) => ({
      name,
      listen: { host: listen.host, port: listen.port === 0 ? 0 : listen.port + index },
      username,
      password,
    })),
    ...(deviceGroup === undefined ? {} : { deviceGroup: { name: deviceGroup, autoSync } }),
    ...(dataDir === undefined ? {} : { dataDir }),
    version,
    reach: flags.loopbackOnly ? 'loopback' : 'any',
  });
  context.print(describe(emulator));
  await runUntilStopped(context, emulator);
}

export function addEmulatorCommand(program: Command, context: RunContext): void {
  program
    .command('emulator')
    .description('run emulated BIG-IPs: iControl REST, and a data plane that forwards traffic')
    .option(
      '--listen <address>',
      'port or host:port of the first device; further devices take the ports after it',
      listenAddress,
      { host: '127.0.0.1', port: 8443 },
    )
    .option(
      '--devices <names>',
      'host names, separated by commas, or how many (bigip-1.local, bigip-2.local, …)',
      deviceNames,
      ['bigip.local'],
    )
    .option('--device-group <name>', 'put the devices into a sync-failover device group')
    .option('--auto-sync', 'the device group synchronises itself', false)
    .option('--loopback-only', 'talk to no member outside this machine: they count as down', false)
    .option('--data-dir <directory>', 'keep configuration and certificates there (default: memory)')
    .option('--username <name>', "the administrator's name", 'admin')
    .option('--password <password>', "the administrator's password", 'admin')
    .addOption(
      new Option('--tmos-version <version>', 'version that the devices report').default('16.1'),
    )
    .action(async (flags: EmulatorFlags) => run(flags, context));
}
