// The whole table of object types, by module. Versions change entries of it (versions/).
import type { ObjectType } from '../schema/types.ts';
import { userType } from './auth/user.ts';
import { partitionType } from './auth/partition.ts';
import { cmTypes } from './cm/cm.ts';
import { externalDataGroupType, internalDataGroupType } from './ltm/data-group.ts';
import { messageRoutingTypes } from './ltm/message-routing.ts';
import { monitorTypes } from './ltm/monitors.ts';
import { nodeType } from './ltm/node.ts';
import { persistenceTypes } from './ltm/persistence.ts';
import { policyStrategyType, policyType } from './ltm/policy.ts';
import { poolType } from './ltm/pool.ts';
import { profileTypes } from './ltm/profiles.ts';
import { ruleType } from './ltm/rule.ts';
import { snatPoolType, snatTranslationType, snatType } from './ltm/snat.ts';
import { sslProfileTypes } from './ltm/ssl-profiles.ts';
import { virtualAddressType } from './ltm/virtual-address.ts';
import { virtualType } from './ltm/virtual.ts';
import { fdbTypes } from './net/fdb.ts';
import { neighbourTypes } from './net/neighbours.ts';
import { routeDomainType } from './net/route-domain.ts';
import { routeType } from './net/route.ts';
import { selfType } from './net/self.ts';
import { tunnelTypes } from './net/tunnels.ts';
import { interfaceType, trunkType, vlanType } from './net/vlan.ts';
import {
  dataGroupFileType,
  externalMonitorFileType,
  sslCertType,
  sslCrlType,
  sslKeyType,
} from './sys/files.ts';
import { managementTypes } from './sys/management.ts';
import { folderType } from './sys/folder.ts';
import { applicationTypes } from './sys/application.ts';
import { vcmpTypes } from './vcmp.ts';
import { systemTypes } from './sys/system.ts';

/** TMOS 16.1; in the order in which a fresh device's own objects can be made. */
export const BASE_TYPES: readonly ObjectType[] = [
  folderType,
  partitionType,
  userType,
  ...cmTypes,
  ...systemTypes,
  sslCertType,
  sslCrlType,
  sslKeyType,
  dataGroupFileType,
  externalMonitorFileType,
  ...managementTypes,
  interfaceType,
  trunkType,
  routeDomainType,
  vlanType,
  ...tunnelTypes,
  ...fdbTypes,
  selfType,
  routeType,
  ...neighbourTypes,
  ...monitorTypes,
  ...profileTypes,
  ...sslProfileTypes,
  ...messageRoutingTypes,
  ...persistenceTypes,
  policyStrategyType,
  policyType,
  ruleType,
  internalDataGroupType,
  externalDataGroupType,
  nodeType,
  poolType,
  snatTranslationType,
  snatPoolType,
  snatType,
  virtualAddressType,
  virtualType,
  ...applicationTypes,
  ...vcmpTypes,
];
