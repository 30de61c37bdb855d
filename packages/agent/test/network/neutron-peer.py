# Neutron's side of the tunnel messages, with the oslo.messaging that OpenStack services use: its server as far as
# tunnel_sync goes, and another of its agents. One JSON line for each message received; reads commands, one JSON line
# each: {"method", "fdb_entries", "host": null | name} is sent as Neutron's l2population driver sends it.
# Usage: neutron-peer.py <transport_url> <exchange> <version of q-plugin> <end of all topic names>
import json
import os
import sys
import threading

import oslo_messaging
from oslo_config import cfg

L2POPULATION = 'q-agent-notifier-l2population-update'
WRITING = threading.Lock()


def tell(**message):
    # Each of the two servers writes from a thread of its own.
    with WRITING:
        print(json.dumps(message), flush=True)


class NeutronServer(object):
    def __init__(self, version):
        self.target = oslo_messaging.Target(version=version)

    def tunnel_sync(self, ctxt, **kwargs):
        tell(method='tunnel_sync', args=kwargs, context=ctxt)
        return {'tunnels': [{'ip_address': kwargs['tunnel_ip']}]}


class L2Agent(object):
    target = oslo_messaging.Target(version='1.4')

    def add_fdb_entries(self, ctxt, fdb_entries, host=None):
        tell(method='add_fdb_entries', args=fdb_entries, host=host)

    def remove_fdb_entries(self, ctxt, fdb_entries, host=None):
        tell(method='remove_fdb_entries', args=fdb_entries, host=host)


def main():
    url, exchange, version, ending = sys.argv[1:5]
    conf = cfg.CONF
    conf([], project='neutron')
    oslo_messaging.set_transport_defaults(exchange)
    transport = oslo_messaging.get_rpc_transport(conf, url=url)
    # Queues go with their last consumer.
    conf.set_override('amqp_auto_delete', True, group='oslo_messaging_rabbit')
    for topic, server, endpoint in (
            ('q-plugin' + ending, 'controller-1', NeutronServer(version)),
            (L2POPULATION + ending, 'compute-1', L2Agent())):
        target = oslo_messaging.Target(topic=topic, server=server)
        # One message after the other, so that they are told in the order in which they came.
        oslo_messaging.get_rpc_server(
            transport, target, [endpoint], executor='threading').start(override_pool_size=1)
    notifier = oslo_messaging.get_rpc_client(
        transport, oslo_messaging.Target(topic='q-agent-notifier', version='1.0'))
    tell(method='ready')
    for line in sys.stdin:
        command = json.loads(line)
        host = command.get('host')
        route = {'server': host} if host else {'fanout': True}
        notifier.prepare(topic=L2POPULATION + ending, **route).cast(
            {'is_admin': True}, command['method'], fdb_entries=command['fdb_entries'])
    sys.stdout.flush()
    os._exit(0)


main()
