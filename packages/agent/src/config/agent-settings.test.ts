import { readConfiguration } from '@f5-lbaas/platform';
import { describe, expect, it } from 'vitest';
import { AGENT_INI_OPTIONS } from './agent-ini.ts';
import { agentSettings } from './agent-settings.ts';

const REQUIRED = `[DEFAULT]
transport_url = rabbit://guest:guest@127.0.0.1/
icontrol_hostname = 10.0.0.2, 10.0.0.1
icontrol_password = hunter2
`;

const read = (more = '') =>
  readConfiguration(AGENT_INI_OPTIONS, [
    { path: 'neutron.conf', text: '[DEFAULT]\ncore_plugin = ml2\nhost = ctl1\n', isShared: true },
    { path: 'f5-openstack-agent.ini', text: `${REQUIRED}${more}` },
  ]);
const settings = (more = '') => agentSettings(read(more).values, 'this-machine');

describe('agent configuration', () => {
  it('needs the broker, the devices and their password', () => {
    expect(() => readConfiguration(AGENT_INI_OPTIONS, [{ path: 'a.ini', text: '' }])).toThrow(
      /icontrol_hostname is required[^]*icontrol_password is required[^]*transport_url is required/,
    );
  });

  it("has F5's defaults where nothing is said", () => {
    const { agent, driver } = settings();

    expect(agent).toMatchObject({
      host: 'ctl1',
      environmentPrefix: 'Project',
      environmentSpecificPlugin: true,
      environmentGroupNumber: 1,
      callTimeoutMs: 60_000,
      manager: { reportIntervalMs: 30_000, resyncIntervalMs: 300_000 },
    });
    expect(agent.agentId).toBeUndefined();
    expect(driver).toMatchObject({
      haType: 'pair',
      syncMode: 'replication',
      devices: [
        { host: '10.0.0.1', username: 'admin', password: 'hunter2', tls: {} },
        { host: '10.0.0.2' },
      ],
    });
  });

  it('reports the names of ESDs where told so', () => {
    expect(settings().agent.manager).toMatchObject({ reportEsdNames: false });
    const { agent } = settings('report_esd_names_in_agent = True\n');
    expect(agent.manager).toMatchObject({ reportEsdNames: true });
    expect(read('report_esd_names_in_agent = True\n').warnings).toEqual([]);
  });

  it('speaks to vCMP hosts as to devices', () => {
    const { driver } = settings('icontrol_vcmp_hostname = 10.9.0.1, 10.9.0.2:8443\n');

    expect(driver.vcmpHosts).toMatchObject([
      { host: '10.9.0.1', username: 'admin', password: 'hunter2' },
      { host: '10.9.0.2', port: 8443 },
    ]);
    expect(() => settings('icontrol_vcmp_hostname = host:port\n')).toThrow(
      /icontrol_vcmp_hostname: 'host:port' is not address/,
    );
    expect(settings().driver.vcmpHosts).toEqual([]);
  });

  it("reads an ini file of F5's agent and reports what changes nothing", () => {
    const { values, warnings } = read(`
debug = True
f5_ha_type = standalone
f5_vtep_selfip_name = 'vtep'
f5_snat_mode = True
capacity_policy = throughput:1000000000
cert_manager = f5_openstack_agent.lbaasv2.drivers.bigip.barbican_cert.BarbicanCertManager
os_password = hunter2
not_an_option = 1
[AGENT]
root_helper = sudo
report_interval = 10
`);

    expect(values).toMatchObject({ debug: true, haType: 'standalone', reportIntervalMs: 10_000 });
    expect(warnings).toHaveLength(4);
    expect(warnings.join('\n')).toMatch(/capacity_policy has no effect/);
    expect(warnings.join('\n')).toMatch(/\[AGENT\] root_helper has no effect/);
    expect(warnings.join('\n')).toMatch(/not_an_option is not an option known here/);
    expect(warnings.join('\n')).not.toContain('hunter2');
  });

  it.each([
    ['10.0.0.1:8443', { host: '10.0.0.1', port: 8443 }],
    ['bigip-a.example', { host: 'bigip-a.example' }],
    ['2001:db8::1', { host: '2001:db8::1' }],
    ['[2001:db8::1]:8443', { host: '2001:db8::1', port: 8443 }],
  ])('finds host and port in %s', (address, expected) => {
    const { driver } = settings(`icontrol_hostname = ${address}\n`);

    expect(driver.devices[0]).toMatchObject(expected);
  });

  it.each([
    ['icontrol_hostname = https://10.0.0.1', /not address or address:port/],
    ['icontrol_insecure = True\nicontrol_ca_file = /ca.pem', /exclude each other/],
    ['icontrol_certificate_sha256 = abc', /64 hexadecimal digits/],
    ['icontrol_ca_file = /does/not/exist.pem', /icontrol_ca_file: '\/does\/not\/exist.pem'/],
    ['f5_ha_type = cluster', /f5_ha_type: 'cluster' is not one of standalone, pair, scalen/],
  ])('refuses %s', (text, reason) => {
    expect(() => settings(`${text}\n`)).toThrow(reason);
  });

  it('trusts devices by pinned certificate or not at all only when told so', () => {
    const fingerprint = 'AB:'.repeat(31) + 'AB';

    const pinned = settings(`icontrol_certificate_sha256 = ${fingerprint}\n`);
    const insecure = settings('icontrol_insecure = True\n');

    expect(pinned.driver.devices[0]?.tls).toEqual({ pinnedSha256: fingerprint });
    expect(insecure.driver.devices[0]?.tls).toEqual({ insecure: true });
  });
});
