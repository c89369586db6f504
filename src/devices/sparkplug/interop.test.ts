import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import type { Arrival } from '../../domain/device.ts';
import { configured, until } from '../modbus/rig.fixture.ts';
import { hasMosquitto, mosquitto, mosquittoPub } from '../mqtt/mosquitto.fixture.ts';
import { sparkplug } from './driver.ts';

const PEER = 'pysparkplug';
const hasPeer = hasMosquitto && spawnSync('python3', ['-c', `import ${PEER}`]).status === 0;
const ifPeer = hasPeer ? '' : ` (skipped: mosquitto or the Python package ${PEER} is not installed)`;

/** An edge node of another make, which tells the orders it hears and obeys what it is told on stdin. */
const NODE = `
import sys
from pysparkplug import DataType, Device, EdgeNode, Metric, get_current_timestamp as now

def metric(name, datatype, value):
    return Metric(timestamp=now(), name=name, datatype=datatype, value=value)

def obey(node, message):
    print("order", *[f"{m.name}={m.value}" for m in message.payload.metrics], flush=True)

node = EdgeNode("ColdChain", "py", [metric("Uptime", DataType.UINT32, 1)], cmd_callback=obey)
def write(node, message):
    for m in message.payload.metrics:
        print("write", m.name, m.datatype.name, m.value, flush=True)
        node.update_device("siren-9", [metric(m.name, m.datatype, m.value)])

node.register(Device("siren-9", [metric("Outputs/Siren", DataType.BOOLEAN, False)], cmd_callback=write))
node.register(Device("freezer-9", [
    metric("Temperature", DataType.FLOAT, 4.3),
    metric("Inputs/Door Open", DataType.BOOLEAN, False),
]))
node.connect("127.0.0.1", port=int(sys.argv[1]))
for line in sys.stdin:
    word, *rest = line.split()
    if word == "temperature":
        node.update_device("freezer-9", [metric("Temperature", DataType.FLOAT, float(rest[0]))])
    elif word == "door":
        node.update_device("freezer-9", [metric("Inputs/Door Open", DataType.BOOLEAN, rest[0] == "1")])
    elif word == "deregister":
        node.deregister("freezer-9")
`;

it.skipIf(!hasPeer)(
  `an edge node of another make is understood, and understands us${ifPeer}`,
  async () => {
    await using broker = await mosquitto();
    const arrivals: Arrival[] = [];
    const node = { group: 'ColdChain', node: 'py', device: 'freezer-9' };
    const open = configured(sparkplug, {
      id: 'plant',
      driver: 'sparkplug',
      url: `mqtt://127.0.0.1:${broker.port}`,
      reorder: '300ms',
      'rebirth-spacing': '1s',
      devices: [
        { id: 'freezer', ...node, profile: 'sparkplug-cold-room', every: '10s', 'max-gap': '60s' },
        {
          id: 'siren',
          ...node,
          device: 'siren-9',
          profile: 'sparkplug-siren',
          every: '10s',
          'max-gap': '60s',
        },
      ],
    }).open({ now: () => Date.now(), log: () => undefined, secret: () => Promise.reject(new Error('none')) });
    await using stack = new AsyncDisposableStack();
    stack.use(open);
    const stop = new AbortController();
    const sink = (arrival: Arrival): void => {
      arrivals.push(arrival);
      queueMicrotask(() => arrival.committed?.());
    };
    const listening = open.pushing[0]?.subscribe(sink, stop.signal);
    stack.defer(async () => {
      stop.abort();
      await listening;
    });
    const health = () => arrivals.flatMap((a) => (a.health ?? []).map((h) => `${h.device} ${h.reason}`));
    const last = (channel: string) =>
      arrivals.flatMap((a) => a.readings).findLast((r) => r.stream === `freezer/${channel}`)?.v;
    await until(() => health().includes('plant ok'));

    const peer = spawn('python3', ['-c', NODE, String(broker.port)], { stdio: ['pipe', 'pipe', 'ignore'] });
    stack.defer(async () => {
      if (peer.exitCode !== null || peer.signalCode !== null) return;
      peer.kill('SIGKILL');
      await once(peer, 'exit');
    });
    const orders: string[] = [];
    createInterface({ input: peer.stdout }).on('line', (line) => void orders.push(line));
    await until(() => last('temperature') === 430 && last('door') === 0, 15_000);
    peer.stdin.write('temperature -18.25\n');
    await until(() => last('temperature') === -1825);
    peer.stdin.write('door 1\n');
    await until(() => last('door') === 1);
    // It writes its output, and says so: only then is the order done.
    for (const [verb, said] of [
      ['on', 'True'],
      ['off', 'False'],
    ] as const) {
      const expiresAt = Date.now() + 10_000;
      await open.command?.('siren', { id: verb, verb, arg: null, expiresAt }, stop.signal);
      expect(orders.at(-1)).toBe(`write Outputs/Siren BOOLEAN ${said}`);
    }
    orders.length = 0;
    expect(arrivals.flatMap((a) => a.refusals ?? [])).toEqual([]);
    peer.stdin.write('deregister\n');
    await until(() => health().at(-1) === 'freezer device death' && last('temperature') === null);
    // A message with seq 80 out of nowhere: its birth is asked for, in words that it understands.
    await mosquittoPub(broker.port, 'spBv1.0/ColdChain/DDATA/py/freezer-9', '\u0018P');
    await until(() => orders.length > 0);
    expect(orders[0]).toBe('order Node Control/Rebirth=True');
    peer.kill('SIGKILL');
    await until(() => health().includes('freezer node death') && health().includes('siren node death'));
  },
  60_000,
);
