// What the device's web interface asks for when somebody makes a service from our f5.lbaas template by hand.

const SECTIONS = `section vip {
    string addr display "large" validator "IpAddress" required
    string mask display "large"
    string port display "small" validator "PortNumber" default "80"
    string connection_limit display "small" default "0"
    string snat_pool display "large" default "automap"
    string vlan display "large"
    choice protocol display "medium" default "http" { "http", "https", "tcp" }
    string clientssl_profile display "xlarge"
    string serverssl_profile display "xlarge"
    choice x_forwarded_for display "medium" default "enabled" { "enabled", "disabled" }
    choice persist display "medium" default "http-cookie"
        { "source-ip", "http-cookie", "app-cookie", "none" }
    string persist_timeout display "small" default "180"
    string persist_mask display "large" default "none"
    choice fallback_persist display "medium" default "none" { "none", "source-ip" }
    string cookie display "medium" default "jsessionid"
    choice state display "medium" default "enabled" { "enabled", "disabled", "delete" }
    string name display "xlarge"
}
section pool {
    string name display "xlarge"
    choice lb_method display "xlarge" default "round-robin"
        { "round-robin", "least-connections-member", "least-connections-node" }
    string min_active_members display "small" default "0"
    table members {
        string addr display "large" validator "IpAddress"
        string port display "small" validator "PortNumber" default "80"
        string connection_limit display "small" default "0"
        string ratio display "small" validator "NonNegativeNumber" default "1"
        string priority_group display "small" validator "NonNegativeNumber" default "0"
        choice state display "medium" default "enabled"
            { "enabled", "drain-disabled", "disabled", "force-disabled" }
    }
    table monitors {
        string name display "xlarge"
        choice type display "medium" default "http"
            { "http", "https", "tcp", "udp", "ping" }
        string interval display "small" validator "NonNegativeNumber" default "5"
        string timeout display "small" validator "NonNegativeNumber" default "16"
        string send_string display "xlarge" default "GET /"
        string recv_string display "xlarge"
    }
}
`;

const LABELS: Readonly<Record<string, string>> = {
  vip: 'Virtual server',
  'vip.addr': 'Address',
  'vip.mask': 'Mask; empty: this address alone',
  'vip.port': 'Port',
  'vip.connection_limit': 'Connections at a time; 0: any number',
  'vip.snat_pool': 'Source addresses towards members: automap, none or a SNAT pool',
  'vip.vlan': 'VLAN that clients come from; empty: any',
  'vip.protocol': 'Protocol',
  'vip.clientssl_profile': 'Client SSL profile, with https',
  'vip.serverssl_profile': 'Server SSL profile',
  'vip.x_forwarded_for': 'Tell members the client address in X-Forwarded-For?',
  'vip.persist': 'What keeps a client with a member?',
  'vip.persist_timeout': 'Seconds, for source-ip',
  'vip.persist_mask': 'Mask of client addresses, for source-ip',
  'vip.fallback_persist': 'And for clients without a cookie?',
  'vip.cookie': 'Name of the cookie, for app-cookie',
  'vip.state': 'State; delete: a pool without a virtual server',
  'vip.name': 'Name; empty: that of the service',
  pool: 'Pool',
  'pool.name': 'Name; empty: that of the service',
  'pool.lb_method': 'Method',
  'pool.min_active_members':
    'Members of the best priority group that must be up, before others serve',
  'pool.members': 'Members',
  'pool.members.addr': 'Address',
  'pool.members.port': 'Port',
  'pool.members.connection_limit': 'Connections',
  'pool.members.ratio': 'Ratio',
  'pool.members.priority_group': 'Priority',
  'pool.members.state': 'State',
  'pool.monitors': 'Monitors; all of them have to succeed',
  'pool.monitors.name': 'Name',
  'pool.monitors.type': 'Type',
  'pool.monitors.interval': 'Interval',
  'pool.monitors.timeout': 'Timeout',
  'pool.monitors.send_string': 'Send',
  'pool.monitors.recv_string': 'Expect',
};

const text = Object.entries(LABELS).map(([name, label]) => `    ${name} "${label}"\n`);

export const PRESENTATION = `${SECTIONS}text {\n${text.join('')}}\n`;
