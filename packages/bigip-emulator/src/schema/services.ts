// Service names that may stand for a port in input; output is numeric (iControl REST 6.9).

const SERVICES: Readonly<Record<string, number>> = {
  any: 0,
  '*': 0,
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  tftp: 69,
  http: 80,
  pop3: 110,
  sunrpc: 111,
  ntp: 123,
  imap: 143,
  snmp: 161,
  ldap: 389,
  https: 443,
  syslog: 514,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  'ms-sql-s': 1433,
  radius: 1812,
  mysql: 3306,
  'ms-wbt-server': 3389,
  sip: 5060,
  postgresql: 5432,
  webcache: 8080,
};

/** Port of `80` or `http`; undefined when neither. */
export function serviceNumber(text: string): number | undefined {
  if (/^\d{1,5}$/.test(text)) return Number(text) <= 65535 ? Number(text) : undefined;
  return SERVICES[text.toLowerCase()];
}
