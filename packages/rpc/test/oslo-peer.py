# The Python side of the interoperability test: oslo.messaging as OpenStack services use it.
# Usage: oslo-peer.py serve|call|cast|fanout <transport_url> <exchange> <topic> [<method> <json args>]
import json
import os
import sys

import oslo_messaging
from oslo_config import cfg


class Endpoint(object):
    target = oslo_messaging.Target(version='1.0')

    def __init__(self):
        self.seen = []

    def add(self, ctxt, a, b):
        return {'sum': a + b, 'project': ctxt.get('project_id')}

    def fail(self, ctxt):
        raise ValueError('broken on purpose')

    def note(self, ctxt, n):
        self.seen.append(n)

    def noted(self, ctxt):
        return self.seen


def main():
    command, url, exchange, topic = sys.argv[1:5]
    conf = cfg.CONF
    conf([], project='peer')
    oslo_messaging.set_transport_defaults(exchange)
    transport = oslo_messaging.get_rpc_transport(conf, url=url)
    target = oslo_messaging.Target(topic=topic, version='1.0')
    if command == 'serve':
        server_target = oslo_messaging.Target(topic=topic, server='peer')
        server = oslo_messaging.get_rpc_server(
            transport, server_target, [Endpoint()], executor='threading')
        server.start()
        print('ready', flush=True)
        sys.stdin.read()
        os._exit(0)
    method, args = sys.argv[5], json.loads(sys.argv[6])
    client = oslo_messaging.get_rpc_client(transport, target, timeout=10)
    context = {'project_id': 'p1', 'auth_token': 'secret'}
    if command == 'call':
        try:
            print(json.dumps({'result': client.call(context, method, **args)}))
        except Exception as error:
            print(json.dumps({'error': type(error).__name__, 'text': str(error)}))
    elif command == 'fanout':
        client.prepare(fanout=True).cast(context, method, **args)
    else:
        client.cast(context, method, **args)
    # Leaving without cleanup(), which waits ten seconds for its poller.
    sys.stdout.flush()
    os._exit(0)


main()
