// The stand-ins without sockets, for tests: requests go in through fastify's inject.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isoNow, silentLogger, systemClock, systemRandom, type Clock } from '@f5-lbaas/platform';
import type { FastifyInstance } from 'fastify';
import { Journal } from '../../src/journal/journal.ts';
import { buildCatalog } from '../../src/keystone/catalog.ts';
import { createDirectory, type Directory, findNamed } from '../../src/keystone/directory.ts';
import { createAuthenticate } from '../../src/keystone/identity.ts';
import { createKeystoneApp } from '../../src/keystone/keystone-app.ts';
import { Tokens } from '../../src/keystone/tokens.ts';
import { ensureLabNetworks, type LabSubnets } from '../../src/neutron/lab-networks.ts';
import { createNeutronApp } from '../../src/neutron/neutron-app.ts';
import { NeutronStore } from '../../src/neutron/records.ts';

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: unknown;
}

export interface StandInsUnderTest {
  directory: Directory;
  subnets: LabSubnets;
  keystone(method: string, url: string, options?: RequestOptions): Promise<Answer>;
  neutron(method: string, url: string, options?: RequestOptions): Promise<Answer>;
  /** A token of a user on the project of the same name, or on another. */
  tokenOf(user: string, project?: string): Promise<string>;
  /** The same journals, read anew as after a crash. */
  restart(): void;
  close(): void;
}

interface RequestOptions {
  token?: string;
  subject?: string;
  body?: unknown;
}

/** @param password instead of the user's own */
export function passwordAuth(
  directory: Directory,
  user: string,
  project?: string,
  password = findNamed(directory.users, { name: user })?.password,
): unknown {
  const domain = { id: 'default' };
  return {
    auth: {
      identity: { methods: ['password'], password: { user: { name: user, domain, password } } },
      ...(project === undefined ? {} : { scope: { project: { name: project, domain } } }),
    },
  };
}

export function standInsUnderTest(clock: Clock = systemClock): StandInsUnderTest {
  const root = mkdtempSync(join(tmpdir(), 'stand-ins-'));
  const directory = createDirectory();
  const random = systemRandom;
  let apps = start();

  function start(): { keystone: FastifyInstance; neutron: FastifyInstance; subnets: LabSubnets } {
    const journal = Journal.open(join(root, 'keystone.journal'));
    const signingKey = directory.signing_key;
    const tokens = new Tokens({ signingKey, lifetimeMs: 3_600_000, journal, clock });
    const authenticate = createAuthenticate(directory, tokens);
    const identityUrl = 'http://keystone.test/v3';
    const catalog = buildCatalog({
      identity: identityUrl,
      network: 'http://neutron.test',
      loadBalancer: 'http://octavia.test',
      keyManager: 'http://barbican.test',
    });
    const store = new NeutronStore(Journal.open(join(root, 'neutron.journal')));
    const owner = findNamed(directory.projects, { name: 'admin' })!.id;
    const subnets = ensureLabNetworks(store, { owner, vipOctet: 10, now: isoNow(clock), random });
    const logger = silentLogger;
    return {
      keystone: createKeystoneApp({ directory, tokens, authenticate, catalog, logger, random }),
      neutron: createNeutronApp({ store, authenticate, identityUrl, logger, clock, random }),
      subnets,
    };
  }

  const send =
    (part: 'keystone' | 'neutron') =>
    async (method: string, url: string, options: RequestOptions = {}): Promise<Answer> => {
      const response = await apps[part].inject({
        method: method as 'GET',
        url,
        headers: {
          ...(options.token === undefined ? {} : { 'x-auth-token': options.token }),
          ...(options.subject === undefined ? {} : { 'x-subject-token': options.subject }),
        },
        ...(options.body === undefined ? {} : { payload: options.body as object }),
      });
      const body: unknown = response.body === '' ? undefined : response.json();
      return { status: response.statusCode, headers: response.headers, body };
    };

  const keystone = send('keystone');
  return {
    directory,
    get subnets() {
      return apps.subnets;
    },
    keystone,
    neutron: send('neutron'),
    async tokenOf(user, project = user) {
      const body = passwordAuth(directory, user, project);
      const answer = await keystone('POST', '/v3/auth/tokens', { body });
      return String(answer.headers['x-subject-token']);
    },
    restart() {
      apps = start();
    },
    close: () => rmSync(root, { recursive: true }),
  };
}
