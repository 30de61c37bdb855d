// Events of iRules and the profiles that make them happen (iControl REST 4.3, 01071912).

interface Need {
  event: string;
  /** Profile kinds of which one is enough. */
  kinds: readonly string[];
  label: string;
}

const HTTP = { kinds: ['http', 'fasthttp'], label: 'HTTP or FASTHTTP' };
const CLIENT_SSL = { kinds: ['client-ssl'], label: 'CLIENTSSL' };
const SERVER_SSL = { kinds: ['server-ssl'], label: 'SERVERSSL' };

const NEEDS: Readonly<Record<string, Omit<Need, 'event'>>> = {
  HTTP_REQUEST: HTTP,
  HTTP_REQUEST_DATA: HTTP,
  HTTP_REQUEST_SEND: HTTP,
  HTTP_REQUEST_RELEASE: HTTP,
  HTTP_RESPONSE: HTTP,
  HTTP_RESPONSE_DATA: HTTP,
  HTTP_RESPONSE_RELEASE: HTTP,
  CLIENTSSL_HANDSHAKE: CLIENT_SSL,
  CLIENTSSL_CLIENTCERT: CLIENT_SSL,
  CLIENTSSL_CLIENTHELLO: CLIENT_SSL,
  SERVERSSL_HANDSHAKE: SERVER_SSL,
};

const WHEN = /^\s*when\s+([A-Z][A-Z0-9_]*)/gm;

/** Events that an iRule handles, in the order of its text. */
export function eventsOf(definition: string): string[] {
  return [...new Set([...definition.matchAll(WHEN)].map((match) => match[1] ?? ''))];
}

/** Profile needs of the events that an iRule handles. */
export function requiredProfiles(definition: string): Need[] {
  return eventsOf(definition).flatMap((event) => {
    const need = NEEDS[event];
    return need === undefined ? [] : [{ event, ...need }];
  });
}
