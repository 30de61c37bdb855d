// Application services over REST: what their templates' scripts make, whose it is, and how it goes.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useEmulator } from './harness.ts';

const harness = useEmulator();
const saying = (text: RegExp): string => expect.stringMatching(text) as string;
const SERVICE = 'sys/application/service/~T1~web.app~web';
const POOL = 'ltm/pool/~T1~web.app~web_pool';

const WEB = String.raw`
set app $tmsh::app_name
proc endpoint { addr port } {
    set mark [expr { [string match *:* $addr] ? "." : ":" }]
    return $addr$mark$port
}
set members ""
foreach row $::pool__members {
    array set column [lindex $row 0]
    append members " [endpoint $column(addr) $column(port)]"
}
if { [info exists ::monitor] && $::monitor eq "own" } {
    tmsh::create ltm monitor http web_monitor interval 7
    set monitor [tmsh::pwd]/web_monitor
} else {
    set monitor /Common/tcp
}
tmsh::create "ltm profile http web_http insert-xforwarded-for enabled"
tmsh::create "ltm pool [set app]_pool monitor $monitor members replace-all-with \{ $members \}"
tmsh::create ltm virtual web_vs destination [endpoint $::addr 80] mask 255.255.255.255 \
    ip-protocol tcp pool web_pool profiles replace-all-with \{ tcp web_http \} \
    persist replace-all-with \{ source_addr \} source-address-translation \{ type automap \}
`;

const rows = (...addresses: string[]) => ({
  name: 'pool__members',
  columnNames: ['addr', 'port'],
  rows: addresses.map((address) => ({ row: [address, '8080'] })),
});

async function template(name: string, implementation: string): Promise<void> {
  const { device } = harness;
  await device.delete(`sys/application/template/~Common~${name}`);
  const made = await device.post('sys/application/template', {
    name,
    partition: 'Common',
    actions: { definition: { implementation, presentation: 'section intro { message m "m" }' } },
  });
  expect(made.status, made.body.message).toBe(200);
}

const service = (more: object = {}) => ({
  name: 'web',
  partition: 'T1',
  template: '/Common/web',
  variables: [{ name: 'addr', value: '127.9.0.1' }],
  tables: [rows('127.0.0.1', '127.0.0.2')],
  ...more,
});

/** Service whose script is only this, and what the device says to it. */
async function deploy(implementation: string, more: object = {}) {
  await template('script', implementation);
  return harness.device.post('sys/application/service', {
    ...{ name: 'one', partition: 'T1', template: '/Common/script' },
    ...more,
  });
}

beforeAll(async () => {
  await harness.device.post('sys/folder', { name: '/T1' });
  await template('web', WEB);
});

beforeEach(async () => {
  for (const name of ['web', 'one']) {
    await harness.device.delete(`sys/application/service/~T1~${name}.app~${name}`);
  }
});

async function owned(): Promise<string[]> {
  const lists = await Promise.all(
    ['ltm/virtual', 'ltm/pool', 'ltm/profile/http', 'ltm/monitor/http', 'sys/folder'].map((path) =>
      harness.device.get(path),
    ),
  );
  return lists
    .flatMap(({ body }) => (body['items'] as unknown as { fullPath: string }[] | undefined) ?? [])
    .map(({ fullPath }) => fullPath)
    .filter((path) => path.startsWith('/T1/'))
    .sort();
}

describe('an application service', () => {
  it('makes what its script says, in its folder and as its own', async () => {
    const { device } = harness;
    const made = await device.post('sys/application/service', service());

    expect(made).toMatchObject({
      status: 200,
      body: { fullPath: '/T1/web.app/web', subPath: 'web.app', strictUpdates: 'enabled' },
    });
    expect(await owned()).toEqual([
      '/T1/web.app',
      '/T1/web.app/web_http',
      '/T1/web.app/web_pool',
      '/T1/web.app/web_vs',
    ]);
    const virtual = await device.get('ltm/virtual/~T1~web.app~web_vs?expandSubcollections=true');
    expect(virtual.body).toMatchObject({
      appService: '/T1/web.app/web',
      pool: '/T1/web.app/web_pool',
      ipProtocol: 'tcp',
      persist: [{ name: 'source_addr', partition: 'Common' }],
      sourceAddressTranslation: { type: 'automap' },
      profilesReference: {
        items: [{ fullPath: '/Common/tcp' }, { fullPath: '/T1/web.app/web_http' }],
      },
    });
    const members = await device.get(`${POOL}/members`);
    expect(members.body.items).toMatchObject([
      { fullPath: '/T1/127.0.0.1:8080', appService: '/T1/web.app/web' },
      { fullPath: '/T1/127.0.0.2:8080', appService: '/T1/web.app/web' },
    ]);
  });

  it('is run again when asked to, changes what differs and removes what it does not make any more', async () => {
    const { device } = harness;
    await device.post(
      'sys/application/service',
      service({
        variables: [
          { name: 'addr', value: '127.9.0.1' },
          { name: 'monitor', value: 'own' },
        ],
      }),
    );
    expect((await device.get(POOL)).body['monitor']).toMatch('/T1/web.app/web_monitor');

    const noted = await device.patch(SERVICE, {
      variables: [{ name: 'addr', value: '127.9.0.2' }],
      tables: [rows('127.0.0.3')],
    });
    expect(noted.status).toBe(200);
    expect((await device.get(POOL)).body['monitor']).toMatch('/T1/web.app/web_monitor');

    const again = await device.patch(SERVICE, { 'execute-action': 'definition' });
    expect(again.status, again.body.message).toBe(200);
    expect((await device.get(POOL)).body['monitor']).toMatch('/Common/tcp');
    expect((await device.get(`${POOL}/members`)).body.items).toMatchObject([
      { name: '127.0.0.3:8080', appService: '/T1/web.app/web' },
    ]);
    expect(await owned()).not.toContain('/T1/web.app/web_monitor');
    expect((await device.get('ltm/virtual/~T1~web.app~web_vs')).body['destination']).toBe(
      '/T1/web.app/127.9.0.2:80',
    );
  });

  it('keeps others from changing what it owns, until strict updates are off', async () => {
    const { device } = harness;
    await device.post('sys/application/service', service());
    const member = { name: '127.0.0.9:80', partition: 'T1' };
    const tmsh = (command: string) =>
      device.post('util/bash', { command: 'run', utilCmdArgs: `-c "tmsh ${command}"` });
    const refused = /must be updated using an application management interface/;

    for (const reply of [
      await device.patch(POOL, { description: 'mine' }),
      await device.delete(POOL),
      await device.post(`${POOL}/members`, member),
      await device.patch(`${POOL}/members/~T1~127.0.0.1:8080`, { ratio: 2 }),
      await device.delete(`${POOL}/members/~T1~127.0.0.1:8080`),
    ]) {
      expect(reply).toMatchObject({
        status: 400,
        body: { message: saying(refused) },
      });
    }
    const shell = await tmsh('modify ltm pool /T1/web.app/web_pool description mine');
    expect(shell.body['commandResult']).toMatch(refused);

    await device.patch(SERVICE, { strictUpdates: 'disabled' });
    expect((await device.patch(POOL, { description: 'mine' })).status).toBe(200);
    expect((await device.post(`${POOL}/members`, member)).status).toBe(200);
  });

  it('goes with all that it owns; nodes stay', async () => {
    const { device } = harness;
    await device.post('sys/application/service', service());
    expect((await device.delete(SERVICE)).status).toBe(200);

    expect(await owned()).toEqual([]);
    expect((await device.get('ltm/node/~T1~127.0.0.1')).status).toBe(200);
  });

  it('does not go while something else needs what it owns', async () => {
    const { device } = harness;
    await device.post('sys/application/service', service());
    await device.post('ltm/virtual', {
      ...{ name: 'other', partition: 'T1', destination: '127.9.0.9:80', ipProtocol: 'tcp' },
      pool: '/T1/web.app/web_pool',
    });

    expect(await device.delete(SERVICE)).toMatchObject({ status: 400 });
    expect(await owned()).toContain('/T1/web.app/web_pool');
    await device.delete('ltm/virtual/~T1~other');
  });
});

describe('a script', () => {
  it('reads rows and lists as they were sent, whatever is in them', async () => {
    const texts = ['GET / HTTP/1.0\\r\\n\\r\\n', 'a "b" {c', '$x [y]; #z', '', 'ä\nb'];
    const made = await deploy(
      String.raw`
        set n 0
        foreach row $::texts {
            array set column [lindex $row 0]
            set quoted [string map {\\ \\\\ \" \\\"} $column(text)]
            tmsh::create "ltm pool p$n description \"$quoted\""
            incr n
        }
        foreach item $::words { tmsh::create "ltm pool $item" }
      `,
      {
        lists: [{ name: 'words', value: ['x', 'y'] }],
        tables: [
          {
            name: 'texts',
            columnNames: ['n', 'text'],
            rows: texts.map((t, n) => ({ row: [n, t] })),
          },
        ],
      },
    );
    expect(made.status, made.body.message).toBe(200);

    for (const [n, text] of texts.entries()) {
      const pool = await harness.device.get(`ltm/pool/~T1~one.app~p${n}`);
      expect(pool.body['description'] ?? '').toBe(text);
    }
    expect((await harness.device.get('ltm/pool/~T1~one.app~y')).status).toBe(200);
  });

  it('that fails leaves nothing, and says where', async () => {
    const made = await deploy('tmsh::create ltm pool a\ntmsh::create ltm pool b wrong-property 1');

    expect(made).toMatchObject({
      status: 400,
      body: {
        message:
          'script did not successfully complete: ("wrongProperty" unknown property\n' +
          '    while executing\n"tmsh::create ltm pool b wrong-property 1")',
      },
    });
    expect(await owned()).toEqual([]);
  });

  it('whose result is not consistent leaves nothing', async () => {
    const made = await deploy('tmsh::create ltm pool a monitor nothing');

    expect(made).toMatchObject({ status: 404 });
    expect(await owned()).toEqual([]);
  });

  it.each([
    ['clock seconds', /invalid command name "clock": the emulator has no such command/],
    ['catch { package require iapp }', /invalid command name "package"/],
    ['while 1 { }', /too many steps/],
  ])('that needs what is not here is refused: %s', async (script, message) => {
    const made = await deploy(`tmsh::create ltm pool a\n${script}`);

    expect(made).toMatchObject({ status: 400, body: { message: saying(message) } });
    expect(await owned()).toEqual([]);
  });

  it('that catches a refusal goes on without what was refused', async () => {
    const made = await deploy(
      `if { [catch { tmsh::create ltm pool half members add \\{ 1.1.1.1:80 nonsense \\} } why] } {
         tmsh::create "ltm pool rest description \\"$why\\""
       }`,
    );

    expect(made.status, made.body.message).toBe(200);
    expect(await owned()).toEqual(['/T1/one.app', '/T1/one.app/rest']);
    expect((await harness.device.get('ltm/node/~T1~1.1.1.1')).status).toBe(404);
  });

  it('looks at the configuration, and changes it beyond what it owns', async () => {
    const { device } = harness;
    await device.post('ltm/pool', { name: 'outside', partition: 'T1', description: 'before' });
    const made = await deploy(
      `
      set object [lindex [tmsh::get_config ltm pool /T1/outside] 0]
      set before [tmsh::get_field_value $object description]
      tmsh::modify ltm pool /T1/outside description after
      tmsh::create ltm pool [tmsh::get_type $object]x description "$before-[tmsh::get_field_value $object nothing none]"
      tmsh::create ltm pool gone
      tmsh::delete ltm pool gone
    `.replace('[tmsh::get_type $object]x', '[join [tmsh::get_type $object] _]'),
    );

    expect(made.status, made.body.message).toBe(200);
    expect((await device.get('ltm/pool/~T1~one.app~ltm_pool')).body['description']).toBe(
      'before-0',
    );
    expect((await device.get('ltm/pool/~T1~outside')).body['description']).toBe('after');
    expect(await owned()).not.toContain('/T1/one.app/gone');
    await device.delete('ltm/pool/~T1~outside');
  });

  it('may not take what is another’s', async () => {
    await harness.device.post('sys/application/service', service());
    const change = await deploy('tmsh::modify ltm pool /T1/web.app/web_pool description mine');
    expect(change).toMatchObject({
      status: 400,
      body: { message: saying(/belongs to/) },
    });
    const make = await deploy('tmsh::create ltm pool /T1/web.app/web_pool');
    expect(make).toMatchObject({
      status: 400,
      body: { message: saying(/already exists/) },
    });
  });
});
