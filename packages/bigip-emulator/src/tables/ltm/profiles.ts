// ltm/profile/* other than TLS, with the defaults a device shows (iControl REST 6.14).
import { mcpError } from '../../errors.ts';
import { isStringArray } from '../../json.ts';
import { choice, integer, numericText, text, textList } from '../../schema/fields.ts';
import type { Field, ObjectType } from '../../schema/types.ts';
import { KEPT_PROFILES } from './kept-profiles.ts';
import { nestedObject } from './common-fields.ts';
import { profileType, switches, values, type ProfileKind } from './profile-kind.ts';

const FOREVER = ['indefinite', 'immediate'];
const UINT32_MAX = 2 ** 32 - 1;

const seconds = (initial: number): Field => integer(0, UINT32_MAX, { default: initial });

const textSeconds = (initial: string): Field => numericText(FOREVER, { default: initial });

const tcp: ProfileKind = {
  kind: 'tcp',
  className: 'TCP Profile',
  system: [
    'tcp',
    'tcp-lan-optimized',
    'tcp-wan-optimized',
    'tcp-mobile-optimized',
    'tcp-legacy',
    'f5-tcp-progressive',
    'f5-tcp-lan',
    'f5-tcp-wan',
    'f5-tcp-mobile',
  ],
  fields: {
    ...switches({
      abc: 'enabled',
      ackOnPush: 'enabled',
      deferredAccept: 'disabled',
      delayedAcks: 'enabled',
      dsack: 'disabled',
      earlyRetransmit: 'enabled',
      ecn: 'enabled',
      limitedTransmit: 'enabled',
      md5Signature: 'disabled',
      mptcp: 'disabled',
      nagle: 'disabled',
      proxyMss: 'enabled',
      proxyOptions: 'disabled',
      ratePace: 'enabled',
      resetOnTimeout: 'enabled',
      selectiveAcks: 'enabled',
      selectiveNack: 'disabled',
      slowStart: 'enabled',
      synCookieEnable: 'enabled',
      tailLossProbe: 'enabled',
      timeWaitRecycle: 'enabled',
      timestamps: 'enabled',
      verifiedAccept: 'disabled',
    }),
    ...values({
      closeWaitTimeout: 5,
      congestionControl: 'high-speed',
      finWaitTimeout: 5,
      finWait_2Timeout: 300,
      initCwnd: 3,
      initRwnd: 3,
      ipDfMode: 'pmtu',
      ipTosToClient: '0',
      ipTtlMode: 'proxy',
      ipTtlV4: 255,
      ipTtlV6: 64,
      keepAliveInterval: 1800,
      linkQosToClient: '0',
      maxRetrans: 8,
      maxSegmentSize: 1460,
      md5SignaturePassphrase: 'none',
      minimumRto: 1000,
      proxyBufferHigh: 49152,
      proxyBufferLow: 32768,
      receiveWindowSize: 65535,
      sendBufferSize: 65535,
      synMaxRetrans: 3,
      synRtoBase: 3000,
      tcpOptions: 'none',
      timeWaitTimeout: '2000',
      zeroWindowTimeout: 20000,
    }),
    idleTimeout: integer(0, UINT32_MAX, {
      default: 300,
      parse: (input) => (typeof input === 'string' && /^\d+$/.test(input) ? Number(input) : input),
    }),
  },
};

const udp: ProfileKind = {
  kind: 'udp',
  className: 'UDP Profile',
  system: ['udp', 'udp_gtm_dns', 'udp_decrement_ttl', 'udp_preserve_ttl'],
  fields: {
    ...switches({
      allowNoPayload: 'disabled',
      datagramLoadBalancing: 'disabled',
      noChecksum: 'disabled',
      proxyMss: 'disabled',
    }),
    ...values({
      bufferMaxBytes: 655350,
      bufferMaxPackets: 0,
      ipDfMode: 'pmtu',
      ipTosToClient: '0',
      ipTtlMode: 'proxy',
      ipTtlV4: 255,
      ipTtlV6: 64,
      linkQosToClient: '0',
    }),
    idleTimeout: textSeconds('60'),
  },
};

const fastl4: ProfileKind = {
  kind: 'fastl4',
  className: 'FastL4 Profile',
  system: ['fastL4', 'apm-forwarding-fastL4', 'full-acceleration'],
  fields: {
    ...switches({
      explicitFlowMigration: 'disabled',
      hardwareSynCookie: 'disabled',
      lateBinding: 'disabled',
      looseClose: 'disabled',
      looseInitialization: 'disabled',
      reassembleFragments: 'disabled',
      resetOnTimeout: 'enabled',
      rttFromClient: 'disabled',
      rttFromServer: 'disabled',
      serverSack: 'disabled',
      serverTimestamp: 'disabled',
      synCookieEnable: 'enabled',
      tcpStripSack: 'disabled',
    }),
    ...values({
      clientTimeout: 30,
      ipDfMode: 'preserve',
      ipTosToClient: 'pass-through',
      ipTosToServer: 'pass-through',
      ipTtlMode: 'decrement',
      ipTtlV4: 255,
      ipTtlV6: 64,
      linkQosToClient: 'pass-through',
      linkQosToServer: 'pass-through',
      mssOverride: 0,
      priorityToClient: 'pass-through',
      priorityToServer: 'pass-through',
      pvaAcceleration: 'full',
      receiveWindowSize: 0,
      synCookieMss: 0,
      tcpGenerateIsn: 'disabled',
      tcpTimeWaitTimeout: 0,
      tcpTimestampMode: 'preserve',
      tcpWscaleMode: 'preserve',
      timeoutRecovery: 'disconnect',
    }),
    idleTimeout: textSeconds('300'),
    keepAliveInterval: numericText(['disabled'], { default: 'disabled' }),
    tcpCloseTimeout: textSeconds('5'),
    tcpHandshakeTimeout: textSeconds('5'),
  },
};

const KNOWN_METHODS = [
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'LOCK',
  'OPTIONS',
  'POST',
  'PROPFIND',
  'PUT',
  'TRACE',
  'UNLOCK',
];

function chunking(initial: string): Field {
  const allowed = ['sustain', 'unchunk', 'rechunk'];
  return {
    default: initial,
    parse: (input, { property }) => {
      if (typeof input === 'string' && allowed.includes(input)) return input;
      const name =
        property === 'responseChunking' ? 'http response chunking' : 'http request chunking';
      throw mcpError('01070281:3', `Invalid "${name}" value ${JSON.stringify(input)}.`);
    },
  };
}

/** HTTP profile's own chunking values before 15.0 (iControl REST 6.14). */
export const OLD_CHUNKING = ['unchunk', 'rechunk', 'selective', 'preserve'];

const list = (): Field => textList({ default: [] });

const http: ProfileKind = {
  kind: 'http',
  className: 'HTTP Profile',
  system: [
    'http',
    { name: 'http-explicit', fields: { proxyType: 'explicit' } },
    { name: 'http-transparent', fields: { proxyType: 'transparent' } },
  ],
  fields: {
    ...switches({
      acceptXff: 'disabled',
      insertXforwardedFor: 'disabled',
      oneconnectTransformations: 'enabled',
    }),
    ...values({
      basicAuthRealm: 'none',
      encryptCookieSecret: 'none',
      fallbackHost: 'none',
      headerErase: 'none',
      headerInsert: 'none',
      lwsSeparator: 'none',
      lwsWidth: 80,
      serverAgentName: 'BigIP',
      viaHostName: 'none',
    }),
    encryptCookies: list(),
    enforcement: nestedObject(
      {
        excessClientHeaders: 'reject',
        excessServerHeaders: 'reject',
        knownMethods: KNOWN_METHODS,
        maxHeaderCount: 64,
        maxHeaderSize: 32768,
        maxRequests: 0,
        oversizeClientHeaders: 'reject',
        oversizeServerHeaders: 'reject',
        pipeline: 'allow',
        rfcCompliance: 'disabled',
        truncatedRedirects: 'disabled',
        unknownMethod: 'allow',
      },
      ['allowWsHeaderName', 'enforceRfcCompliance'],
    ),
    explicitProxy: nestedObject({
      badRequestMessage: 'none',
      badResponseMessage: 'none',
      connectErrorMessage: 'none',
      defaultConnectHandling: 'deny',
      dnsErrorMessage: 'none',
      dnsResolver: 'none',
      hostNames: [],
      ipv6: 'no',
      routeDomain: 'none',
      tunnelName: 'none',
      tunnelOnAnyRequest: 'no',
    }),
    fallbackStatusCodes: list(),
    hsts: nestedObject({
      includeSubdomains: 'enabled',
      maximumAge: 16070400,
      mode: 'disabled',
      preload: 'disabled',
    }),
    proxyType: choice(['reverse', 'explicit', 'transparent'], { default: 'reverse' }),
    redirectRewrite: choice(['none', 'all', 'matching', 'nodes'], { default: 'none' }),
    requestChunking: chunking('sustain'),
    responseChunking: chunking('sustain'),
    responseHeadersPermitted: list(),
    sflow: nestedObject({
      pollInterval: 0,
      pollIntervalGlobal: 'yes',
      samplingRate: 0,
      samplingRateGlobal: 'yes',
    }),
    viaRequest: choice(['preserve', 'append', 'remove'], { default: 'preserve' }),
    viaResponse: choice(['preserve', 'append', 'remove'], { default: 'preserve' }),
    xffAlternativeNames: list(),
  },
};

const MODES = ['alpn', 'npn', 'always'];

const http2: ProfileKind = {
  kind: 'http2',
  className: 'HTTP/2 Profile',
  system: ['http2'],
  fields: {
    activationModes: textList({
      default: ['alpn'],
      parse: (input, { property }) => {
        const modes = Array.isArray(input) ? input : [input];
        if (isStringArray(modes) && modes.length > 0 && modes.every((mode) => MODES.includes(mode)))
          return modes;
        throw mcpError('01070281:3', `Invalid "${property}" value ${JSON.stringify(input)}.`);
      },
    }),
    ...values({
      concurrentStreamsPerConnection: 10,
      connectionIdleTimeout: 300,
      frameSize: 2048,
      headerTableSize: 4096,
      insertHeaderName: 'X-HTTP2',
      receiveWindow: 32,
      writeSize: 16384,
    }),
    ...switches({
      enforceTlsRequirements: 'enabled',
      includeContentLength: 'disabled',
      insertHeader: 'disabled',
    }),
  },
};

const oneConnect: ProfileKind = {
  kind: 'one-connect',
  className: 'OneConnect Profile',
  system: ['oneconnect'],
  fields: {
    idleTimeoutOverride: numericText([...FOREVER, 'disabled'], { default: 'disabled' }),
    limitType: choice(['none', 'idle', 'strict'], { default: 'none' }),
    maxAge: seconds(86400),
    maxReuse: seconds(1000),
    maxSize: seconds(10000),
    sharePools: choice(['enabled', 'disabled'], { default: 'disabled' }),
    sourceMask: text({ default: 'any' }),
  },
};

export const profileTypes: ObjectType[] = [
  tcp,
  udp,
  fastl4,
  http,
  http2,
  oneConnect,
  ...KEPT_PROFILES,
].map(profileType);
