// Commands of iRules about the client connection, the choice of a server, and refusing.
import { formatEndpoint, maskAddress, parsePrefix } from '../address.ts';
import { poolPath, RuleRuntimeError, type RuleContext } from './rule-context.ts';

type Run = (context: RuleContext, args: string[]) => string;

const clientAddress: Run = ({ session }) => session.client.remoteAddress;
const clientPort: Run = ({ session }) => String(session.client.remotePort);
const localAddress: Run = ({ session }) => session.client.localAddress;
const localPort: Run = ({ session }) => String(session.client.localPort);

const reject: Run = ({ session, transaction }) => {
  session.isRejected = true;
  if (transaction !== null) transaction.decision.isReset = true;
  return '';
};

export const CONNECTION_COMMANDS: Readonly<Record<string, Run>> = {
  'IP::client_addr': clientAddress,
  'IP::remote_addr': clientAddress,
  'IP::local_addr': localAddress,
  'IP::version': ({ session }) => (session.client.remoteAddress.includes(':') ? '6' : '4'),
  'IP::addr': ipAddr,
  // EMULATOR: kept for the client side; towards members the shorter timeout of the two sides ends both.
  'IP::idle_timeout': ({ session }, [seconds]) => {
    const asked = seconds === undefined ? Number.NaN : Number(seconds) * 1000;
    if (!Number.isNaN(asked))
      session.idleTimeoutMs = Math.min(session.idleTimeoutMs ?? asked, asked);
    return session.idleTimeoutMs === null ? '' : String(session.idleTimeoutMs / 1000);
  },
  'TCP::client_port': clientPort,
  'TCP::remote_port': clientPort,
  'TCP::local_port': localPort,
  'TCP::respond': ({ session, event }, [text = '']) => {
    if (event !== 'SERVER_CONNECTED')
      throw new RuleRuntimeError(`TCP::respond is not supported in ${event}`);
    session.greeting += text;
    return '';
  },
  'LB::server': ({ transaction }, [what = 'addr']) => {
    const server = transaction?.server;
    if (server === null || server === undefined) return '';
    if (what === 'addr') return server.address;
    return what === 'port' ? String(server.port) : formatEndpoint(server.address, server.port);
  },
  virtual: ({ session }, [what = 'name']) => {
    if (what !== 'name') throw new RuleRuntimeError('virtual can only be asked for its name');
    return session.host.virtualPath;
  },
  pool: ({ session, transaction }, [name = '', ...more]) => {
    if (more.length > 0) throw new RuleRuntimeError('pool with a member is not supported');
    const path = poolPath(session.host, name);
    if (transaction === null) session.pool = path;
    else transaction.decision.pool = path;
    return '';
  },
  node: ({ transaction, session }, [address = '', port]) => {
    const to = { address, port: port === undefined ? session.client.localPort : Number(port) };
    if (transaction !== null) transaction.decision.node = to;
    return '';
  },
  active_members: ({ session }, [name = '']) =>
    String(session.host.activeMembers(poolPath(session.host, name))),
  reject,
  drop: reject,
  discard: reject,
  persist,
};

/** `persist uie KEY ?TIMEOUT?`, `persist add uie KEY ?TIMEOUT?`, `persist none` */
function persist({ transaction }: RuleContext, args: string[]): string {
  if (transaction === null) return '';
  const [first, ...rest] = args;
  const isAdd = first === 'add';
  const method = isAdd ? rest.shift() : first;
  if (method === 'none') {
    transaction.decision.persistence = null;
    return '';
  }
  if (method !== 'uie') throw new RuleRuntimeError(`persist ${method ?? ''} is not supported`);
  const [key = '', timeout] = rest;
  const binding = { key, timeoutSeconds: timeout === undefined ? null : Number(timeout) };
  if (isAdd) transaction.decision.universalToAdd.push(binding);
  else transaction.decision.universal = binding;
  return '';
}

/** `IP::addr A equals B/24`, `IP::addr A mask 255.255.255.0` */
function ipAddr(_context: RuleContext, [address = '', operator, other = '']: string[]): string {
  if (operator === 'mask') return maskAddress(address, other);
  return parsePrefix(other).matches(address) ? '1' : '0';
}
