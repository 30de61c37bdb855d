// ltm/profile types whose protocols the data plane does not speak: kept, checked and shown, nothing more.
import { integer, numericText } from '../../schema/fields.ts';
import { reference } from '../../schema/reference-fields.ts';
import type { Field } from '../../schema/types.ts';
import { switches, values, type ProfileKind } from './profile-kind.ts';

const UINT32_MAX = 2 ** 32 - 1;

const adapt = (): Record<string, Field> => ({
  ...values({
    allowHttp_10: 'no',
    enabled: 'yes',
    previewSize: 1024,
    serviceDownAction: 'ignore',
    timeout: 0,
  }),
  internalVirtual: reference('ltm/virtual', { default: 'none' }),
});

export const KEPT_PROFILES: readonly ProfileKind[] = [
  {
    kind: 'sctp',
    className: 'SCTP Profile',
    system: ['sctp'],
    fields: {
      ...values({
        cookieExpiration: 60,
        heartbeatInterval: 30,
        idleTimeout: 300,
        inStreams: 2,
        outStreams: 2,
        receiveWindowSize: 65535,
        sendBufferSize: 65536,
        tcpShutdown: 'enabled',
      }),
    },
  },
  {
    kind: 'ipother',
    className: 'IPOther Profile',
    system: ['ipother'],
    fields: { idleTimeout: numericText(['indefinite', 'immediate'], { default: '60' }) },
  },
  {
    kind: 'fasthttp',
    className: 'FastHTTP Profile',
    system: ['fasthttp'],
    fields: {
      idleTimeout: integer(0, UINT32_MAX, { default: 300 }),
      ...switches({
        insertXforwardedFor: 'disabled',
        layer_7: 'enabled',
        resetOnTimeout: 'enabled',
      }),
      ...values({ headerInsert: 'none', maxRequests: 0 }),
    },
  },
  {
    kind: 'http-compression',
    className: 'HTTP Compression Profile',
    system: ['httpcompression', 'wan-optimized-compression'],
    fields: {
      ...values({
        bufferSize: 4096,
        contentTypeExclude: [],
        contentTypeInclude: ['text/', 'application/(xml|x-javascript)'],
        cpuSaverHigh: 90,
        cpuSaverLow: 75,
        gzipLevel: 1,
        gzipMemoryLevel: 8,
        gzipWindowSize: 16,
        methodPrefer: 'gzip',
        minSize: 1024,
        uriExclude: [],
        uriInclude: ['.*'],
      }),
      ...switches({
        allowHttp_10: 'disabled',
        browserWorkarounds: 'disabled',
        cpuSaver: 'enabled',
        keepAcceptEncoding: 'disabled',
        selective: 'disabled',
        varyHeader: 'enabled',
      }),
    },
  },
  {
    kind: 'web-acceleration',
    className: 'Web Acceleration Profile',
    system: ['webacceleration', 'optimized-acceleration', 'optimized-caching'],
    fields: values({
      cacheAgingRate: 9,
      cacheClientCacheControlMode: 'all',
      cacheInsertAgeHeader: 'enabled',
      cacheMaxAge: 3600,
      cacheMaxEntries: 10000,
      cacheObjectMaxSize: 50000,
      cacheObjectMinSize: 500,
      cacheSize: '100mb',
      cacheUriExclude: [],
      cacheUriInclude: ['.*'],
    }),
  },
  {
    kind: 'stream',
    className: 'Stream Profile',
    system: ['stream'],
    fields: values({ chunking: 'disabled', source: 'none', tmTarget: 'none' }),
  },
  {
    kind: 'ftp',
    className: 'FTP Profile',
    system: ['ftp'],
    fields: values({
      allowFtps: 'disabled',
      inheritParentProfile: 'disabled',
      port: 20,
      security: 'disabled',
      translateExtended: 'enabled',
    }),
  },
  {
    kind: 'sip',
    className: 'SIP Profile',
    system: ['sip'],
    fields: values({
      community: 'none',
      dialogAware: 'disabled',
      insertViaHeader: 'disabled',
      maxSize: 65535,
      terminateOnBye: 'enabled',
    }),
  },
  {
    kind: 'dns',
    className: 'DNS Profile',
    system: ['dns'],
    fields: values({
      cache: 'none',
      dns64: 'disabled',
      enableCache: 'no',
      enableDnsExpress: 'yes',
      enableGtm: 'yes',
      unhandledQueryAction: 'allow',
      useLocalBind: 'yes',
    }),
  },
  {
    kind: 'html',
    className: 'HTML Profile',
    system: ['html'],
    fields: values({
      contentDetection: 'disabled',
      contentSelection: ['text/html', 'text/xhtml'],
      rules: [],
    }),
  },
  {
    kind: 'websocket',
    className: 'Websocket Profile',
    system: ['websocket'],
    fields: values({
      compressMode: 'preserved',
      compression: 'enabled',
      masking: 'selective',
      maximumWindowSize: 10,
      windowBits: 10,
    }),
  },
  {
    kind: 'analytics',
    className: 'Analytics Profile',
    system: ['analytics'],
    fields: values({
      capturedTrafficInternalLogging: 'disabled',
      collectGeo: 'disabled',
      collectIp: 'disabled',
      collectUrl: 'disabled',
    }),
  },
  {
    kind: 'request-log',
    className: 'Request Log Profile',
    system: ['request-log'],
    fields: values({
      requestLogging: 'disabled',
      requestLogPool: 'none',
      requestLogTemplate: 'none',
      responseLogging: 'disabled',
    }),
  },
  {
    kind: 'request-adapt',
    className: 'Request Adapt Profile',
    system: ['requestadapt'],
    fields: adapt(),
  },
  {
    kind: 'response-adapt',
    className: 'Response Adapt Profile',
    system: ['responseadapt'],
    fields: adapt(),
  },
  {
    kind: 'rewrite',
    className: 'Rewrite Profile',
    system: ['rewrite'],
    fields: values({ rewriteMode: 'portal' }),
  },
  {
    kind: 'xml',
    className: 'XML Profile',
    system: ['xml'],
    fields: values({ multipleQueryMatches: 'disabled' }),
  },
  {
    kind: 'rtsp',
    className: 'RTSP Profile',
    system: ['rtsp'],
    fields: values({
      idleTimeout: '300',
      maxHeaderSize: 4096,
      proxy: 'none',
      rtcpPort: 0,
      rtpPort: 0,
      sessionReconnect: 'disabled',
    }),
  },
  {
    kind: 'diameter',
    className: 'Diameter Profile',
    system: ['diameter'],
    fields: values({ originHost: 'none', originRealm: 'none' }),
  },
  {
    kind: 'radius',
    className: 'RADIUS Profile',
    system: ['radiusLB'],
    fields: values({ clients: 'none', persistAvp: 'none' }),
  },
  {
    kind: 'server-ldap',
    className: 'Server LDAP Profile',
    system: ['serverldap'],
    fields: values({ activationMode: 'require' }),
  },
];
