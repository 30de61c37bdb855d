// ltm/message-routing/*: the profiles that clients look up to tell message routing virtual servers from others.
import { appService } from '../../schema/app-service.ts';
import { defineType } from '../../schema/define-type.ts';
import { reference } from '../../schema/reference-fields.ts';
import type { ObjectType } from '../../schema/types.ts';

interface SessionKind {
  path: string;
  className: string;
  seeds: readonly string[];
}

function sessionType({ path, className, seeds }: SessionKind): ObjectType {
  const [base = ''] = seeds;
  return defineType({
    path,
    className,
    family: 'profile',
    keepsSeeds: true,
    inherits: 'defaultsFrom',
    fields: {
      appService: appService({ default: 'none' }),
      defaultsFrom: reference('profile', { default: 'none' }),
    },
    seeds: seeds.map((name, index) =>
      index === 0 ? { name } : { name, fields: { defaultsFrom: `/Common/${base}` } },
    ),
    rules: { prepare: (body) => ({ defaultsFrom: `/Common/${base}`, ...body }) },
  });
}

export const messageRoutingTypes: ObjectType[] = [
  sessionType({
    path: 'ltm/message-routing/sip/profile/session',
    className: 'SIP Session Profile',
    seeds: ['sipsession', 'sipsession-alg'],
  }),
  sessionType({
    path: 'ltm/message-routing/diameter/profile/session',
    className: 'Diameter Session Profile',
    seeds: ['diametersession'],
  }),
];
