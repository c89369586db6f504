import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Hex32 } from '../../src/anchoring/port.ts';
import type { Order } from '../../src/api/types.ts';
import { foreignBroker } from '../../src/devices/mqtt/foreign-broker.fixture.ts';
import { simulateTcp } from '../../src/devices/modbus/simulator.ts';
import { shipped } from '../../src/devices/modbus/rig.fixture.ts';
import { ANVIL_CHAIN_ID, ANVIL_SECRETS } from '../anvil.ts';
import { Daemon, eventually } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { ReceiptParties, secretOf } from '../receipt-parties.ts';
import { done } from './chained-site.ts';

const LEDGER_KEY = '4c0883a69102937d6231471b5dbb6204fe512961708279f1d2a1c8d3f5a1b0c7';
const DAY = 86_400;
/** Tokens of the supervisors of the yard. */
export const SUPERVISORS = { li: `t-${'li'.repeat(30)}`, wang: `t-${'wang'.repeat(15)}` } as const;
export const LOT = 'copper-7';

export function epc(n: number): string {
  return `30340000${n.toString(16).padStart(16, '0')}`;
}

function hash32(n: number): Hex32 {
  return `0x${n.toString(16).padStart(64, '0')}`;
}

/** Rules as they ship for pledged goods, of what stands at this dock. */
export const DOCK_RULES = `
- id: goods-leave
  title: { en: Pledged goods leave without a release, zh: 质押货物未经放行出门 }
  basis: R1
  kind: passage
  on: { stream: portal-1/dock }
  from: [1, 2]
  to: [3, 4]
  within: 10s
  release: needed
  clear-after: 5m
  latch: true
  priority: urgent
  on-unknown: tell
  do: [{ lock: barrier-1 }, { siren: siren-1 }]
- id: release-excess
  title: { en: More or other goods than the order names, zh: 超量或错货出门 }
  basis: R2
  kind: passage
  on: { stream: portal-1/dock }
  from: [1, 2]
  to: [3, 4]
  within: 10s
  release: kept
  clear-after: 5m
  latch: true
  priority: urgent
  on-unknown: ignore
  do: [{ lock: barrier-1 }, { siren: siren-1 }]
`;

/**
 * A yard with pledged copper behind one dock: its portal reader speaks MQTT, its barrier, siren and fence hang on
 * Modbus, and its gate obeys a registry on a chain of its own.
 */
export class Dock implements AsyncDisposable {
  readonly parties: ReceiptParties;
  readonly site: Site;
  readonly #stack: AsyncDisposableStack;
  readonly #broker: Awaited<ReturnType<typeof foreignBroker>>;
  readonly #wires: Awaited<ReturnType<typeof simulateTcp>>;

  private constructor(parts: {
    stack: AsyncDisposableStack;
    parties: ReceiptParties;
    site: Site;
    broker: Awaited<ReturnType<typeof foreignBroker>>;
    wires: Awaited<ReturnType<typeof simulateTcp>>;
  }) {
    this.parties = parts.parties;
    this.site = parts.site;
    this.#stack = parts.stack;
    this.#broker = parts.broker;
    this.#wires = parts.wires;
  }

  static async open(rules = DOCK_RULES, finality: 'instant' | 'tag' = 'instant'): Promise<Dock> {
    await using stack = new AsyncDisposableStack();
    const parties = stack.use(await ReceiptParties.start({ finality: { kind: finality } }));
    const broker = stack.use(await foreignBroker());
    const line = {
      id: 'line-1',
      driver: 'modbus-tcp',
      host: '127.0.0.1',
      port: 502,
      timeout: '500ms',
      slaves: [
        { id: 'barrier-1', unit: 1, profile: 'barrier', every: '200ms', zone: 'yard-1' },
        { id: 'siren-1', unit: 20, profile: 'relay-siren', every: '1s', zone: 'yard-1' },
        { id: 'fence-1', unit: 2, profile: 'four-state-zones', every: '200ms', zone: 'yard-1' },
      ],
    };
    const wires = stack.use(await simulateTcp(line, shipped, { host: '127.0.0.1', port: 0 }));
    const reader = {
      id: 'portal-1',
      topics: ['site/portal-1/events'],
      timeout: '10s',
      every: '1s',
      settle: '100ms',
      gone: '1s',
      points: [{ name: 'dock', antennas: [1, 2, 3, 4], zone: 'yard-1' }],
    };
    const readers = {
      id: 'readers',
      driver: 'impinj-iot',
      url: `mqtt://127.0.0.1:${broker.port}`,
      readers: [reader],
    };
    const site = writeSite({
      devices: [readers, { ...line, port: wires.port }].map((d) => `  - ${JSON.stringify(d)}`).join('\n'),
      zones: ['yard-1'],
      rules,
      block: '2s',
      more: `
goods:
  portals:
    - id: dock-2
      read-point: portal-1/dock
      inside: [1, 2]
      outside: [3, 4]
      zone: yard-1
      account-key: file:gate.key
      barrier: { device: barrier-1, open: barrier-open, close: barrier-close }
ledger:
  kind: evm
  url: ${parties.anvil.url}
  chain-id: ${ANVIL_CHAIN_ID}
  contract: '${parties.anchorLog}'
  registry: '${parties.registry}'
  finality: ${finality}
  account-key: file:account.key
  ledger-key: file:ledger.key
users:
${Object.entries(SUPERVISORS)
  .map(
    ([id, token], i) =>
      `  - { id: ${id}, number: ${i + 7}, role: supervisor, token-hash: 'sha256:${hash('sha256', token)}' }`,
  )
  .join('\n')}
`,
      files: {
        'admin.key': ANVIL_SECRETS[0],
        'account.key': ANVIL_SECRETS[1],
        'ledger.key': LEDGER_KEY,
        'gate.key': secretOf('gate'),
      },
    });
    stack.defer(() => site[Symbol.dispose]());
    // The log key is made at the first start.
    await (await Daemon.start(site.file)).stop();
    const admin = `file:${site.folder}/admin.key`;
    await done('ledger', 'enrol', '--config', site.file, '--account-key', admin);
    return new Dock({ stack: stack.move(), parties, site, broker, wires });
  }

  /** A receipt for all of the lot, on the chain and bound here, its goods put into the yard. */
  async receipt(daemon: Daemon, tags: readonly string[]): Promise<Hex32> {
    const { parties } = this;
    const receipt = await parties.must('warehouse', {
      kind: 'issue',
      holder: parties.address('holder'),
      qty: BigInt(tags.length),
      goodsKey: hash32(7),
      docHash: hash32(8),
      condition: null,
      nonce: parties.nonce(),
    });
    const reason = 'intake';
    await post(daemon, 'goods', { reason, acts: [{ verb: 'place', lot: LOT, zone: 'yard-1', epcs: tags }] });
    const document = {
      kind: 'receipt',
      receipt: receipt.slice(2),
      number: 'CD-2026-0007',
      docHash: hash32(8).slice(2),
      goodsKey: hash32(7).slice(2),
      keeper: parties.address('warehouse'),
      depositor: parties.address('holder'),
      holder: parties.address('holder'),
      financier: parties.address('bank'),
      agreement: 'agreement-7',
      goods: { name: 'copper cathode', spec: 'grade A', lot: LOT, packages: tags.length, marks: '' },
      amount: { value: tags.length, exp: 0, unit: '1' },
      floor: null,
      place: { zone: 'yard-1', location: 'yard 1' },
      epcs: tags,
      sources: ['portal-1/dock'],
      attestedBy: 'tags',
      scale: null,
      range: null,
      countWithinMs: 86_400_000,
      storage: { from: Date.now(), until: null },
      lossPerMille: 0,
      insuredUntil: null,
      issuedAt: Date.now(),
      override: { by: 1, reason: 'counted by hand' },
    };
    await post(daemon, 'goods/documents', { reason, document });
    return receipt;
  }

  /** An order for these tags of it, authorised on the chain, its content told to the gateway. */
  async order(daemon: Daemon, receipt: Hex32, tags: readonly string[]): Promise<string> {
    const { parties } = this;
    const orderId = await parties.must('holder', {
      kind: 'request',
      receiptId: receipt,
      qty: BigInt(tags.length),
      gate: parties.address('gate'),
      expires: (await parties.now()) + DAY,
      maxAge: 0,
      nonce: parties.nonce(),
    });
    await parties.must('warehouse', { kind: 'authorize', orderId });
    const order = orderId.slice(2);
    await post(daemon, 'orders', {
      kind: 'order',
      order,
      direction: 'out',
      receipt: receipt.slice(2),
      lot: LOT,
      epcs: tags,
      amount: { value: tags.length, exp: 0, unit: '1' },
      portal: 'dock-2',
      zone: 'yard-1',
      from: Date.now() - 60_000,
      until: Date.now() + DAY * 1000,
      vehicle: null,
    });
    return order;
  }

  /** The reader lives, and sees nothing. */
  async alive(daemon: Daemon): Promise<void> {
    const running = { eventType: 'inventoryStatus', inventoryStatusEvent: { inventoryStatus: 'running' } };
    await eventually(
      'the portal is heard',
      async () => {
        await this.#say([{ ...running, timestamp: new Date().toISOString() }]);
        return daemon.device('portal-1');
      },
      (device) => device.health === 'healthy',
    );
  }

  /** These go through the portal from inside to outside. */
  async carryOut(tags: readonly string[]): Promise<void> {
    await this.#read(tags, 1);
    await delay(1500);
    await this.#read(tags, 3);
  }

  /** A far end that the wires have, e.g. `fence-1/zone-1`. */
  set(device: string, channel: string, v: number): void {
    this.#wires.set(device, channel, v);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  #read(tags: readonly string[], antennaPort: number): Promise<void> {
    const timestamp = new Date().toISOString();
    return this.#say(
      tags.map((epcHex) => ({
        timestamp,
        eventType: 'tagInventory',
        tagInventoryEvent: { epcHex: epcHex.toUpperCase(), antennaPort, peakRssiCdbm: -5000 },
      })),
    );
  }

  async #say(events: readonly object[]): Promise<void> {
    await this.#broker.say('site/portal-1/events', JSON.stringify(events));
  }
}

/** Whether the barrier stands open, by its own limit contact. */
export async function barrierIsOpen(daemon: Daemon): Promise<boolean> {
  const { latest } = await daemon.stream('barrier-1/barrier');
  return latest?.text !== '0';
}

export async function orderOf(daemon: Daemon, order: string): Promise<Order> {
  const answer = await daemon.ask(`orders/${order}`);
  return (await answer.json()) as Order;
}

export async function post(daemon: Daemon, path: string, body: unknown): Promise<void> {
  const { status, text } = await daemon.post(path, body, SUPERVISORS.li);
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
}
