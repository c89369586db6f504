import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metric } from './codec.ts';
import { EdgeNode, type NodeEvent } from './edge-node.ts';
import type { Kind } from './topic.ts';

const REORDER_MS = 2000;

const plain: Metric = {
  name: null,
  alias: null,
  timestamp: null,
  datatype: null,
  isHistorical: false,
  isTransient: false,
  isNull: false,
  quality: null,
  value: null,
};
const bdSeq = (v: bigint): Metric => ({ ...plain, name: 'bdSeq', datatype: 4, value: { is: 'long', v } });
const born = (name: string, alias: bigint): Metric => ({
  ...plain,
  name,
  alias,
  datatype: 10,
  value: { is: 'double', v: 0 },
});
const by = (alias: bigint, v: number): Metric => ({ ...plain, alias, value: { is: 'double', v } });

class Node {
  readonly state = new EdgeNode(REORDER_MS);
  now = 0;

  say(kind: Kind, device: string | null, seq: number | null, ...metrics: Metric[]): string[] {
    const payload = { timestamp: 0n, metrics, seq: seq === null ? null : BigInt(seq) };
    return this.state.take({ kind, device, payload }, this.now).map(shown);
  }

  after(ms: number): string[] {
    this.now += ms;
    return this.state.tick(this.now).map(shown);
  }

  /** A node of session 4 with one device d, whose metric T has alias 1; the next seq is 2. */
  static alive(): Node {
    const node = new Node();
    node.say('NBIRTH', null, 0, bdSeq(4n), born('Uptime', 9n));
    node.say('DBIRTH', 'd', 1, born('T', 1n));
    return node;
  }
}

function shown(event: NodeEvent): string {
  switch (event.is) {
    case 'values': {
      const said = event.metrics.map((m) => `${m.name}=${String(m.metric.value?.v)}`).join(' ');
      return `${event.device ?? 'node'} ${event.isBirth ? 'born' : 'says'} ${said}`.trim();
    }
    case 'gone':
      return `${event.device ?? 'node'} gone: ${event.why}`;
    case 'refused':
      return `${event.device ?? 'node'} refused: ${event.detail}`;
    case 'ask':
    default:
      return `ask: ${event.why}`;
  }
}

describe('an edge node', () => {
  it('is born, and its devices; data are known by name and by alias', () => {
    const node = new Node();
    expect(node.say('NBIRTH', null, 0, bdSeq(4n), born('Uptime', 9n))).toEqual([
      'node born bdSeq=4 Uptime=0',
    ]);
    expect(node.say('DBIRTH', 'd', 1, born('T', 1n))).toEqual(['d born T=0']);
    expect(node.say('DDATA', 'd', 2, by(1n, 5))).toEqual(['d says T=5']);
    expect(node.say('DDATA', 'd', 3, { ...by(1n, 6), alias: null, name: 'T' })).toEqual(['d says T=6']);
    expect(node.say('NDATA', null, 4, by(9n, 7))).toEqual(['node says Uptime=7']);
  });

  it('whose birth was lost is asked for it', () => {
    const node = new Node();
    expect(node.say('DDATA', 'd', 7, by(1n, 5))).toEqual([
      'd refused: DDATA before a birth',
      'ask: no birth was heard',
    ]);
    node.say('NBIRTH', null, 0, bdSeq(0n));
    expect(node.say('DDATA', 'd', 1, by(1n, 5))).toEqual([
      'd refused: DDATA before a birth',
      'ask: no device birth',
    ]);
  });

  it('counts its messages from 255 on to 0', () => {
    const node = Node.alive();
    for (let i = 2; i < 600; i++)
      expect(node.say('DDATA', 'd', i & 0xff, by(1n, i))).toEqual([`d says T=${i}`]);
  });

  it('a message that was overtaken is waited for, and both come in their order', () => {
    const node = Node.alive();
    expect(node.say('DDATA', 'd', 4, by(1n, 3))).toEqual([]);
    expect(node.say('DDATA', 'd', 3, by(1n, 2))).toEqual([]);
    expect(node.after(REORDER_MS - 1)).toEqual([]);
    expect(node.say('DDATA', 'd', 2, by(1n, 1))).toEqual(['d says T=1', 'd says T=2', 'd says T=3']);
    expect(node.after(REORDER_MS)).toEqual([]);
  });

  it('a message that stays away ends all belief until the next birth', () => {
    const node = Node.alive();
    expect(node.say('DDATA', 'd', 3, by(1n, 2))).toEqual([]);
    expect(node.after(REORDER_MS)).toEqual([
      'node refused: a message with seq 2 is missing',
      'node gone: sequence gap',
      'ask: a message with seq 2 is missing',
    ]);
    expect(node.say('DDATA', 'd', 4, by(1n, 3))).toEqual([
      'd refused: DDATA before a birth',
      'ask: no birth was heard',
    ]);
    node.say('NBIRTH', null, 0, bdSeq(4n));
    expect(node.say('DBIRTH', 'd', 1, born('T', 2n))).toEqual(['d born T=0']);
    // The old alias is not believed any more.
    expect(node.say('DDATA', 'd', 2, by(1n, 3))[0]).toBe('d refused: alias 1 is of no birth');
  });

  it('more messages out of order than any broker makes are a gap at once', () => {
    const node = Node.alive();
    const said = Array.from({ length: 33 }, (_, i) => node.say('DDATA', 'd', 3 + i, by(1n, i)));
    expect(said.slice(0, 32).flat()).toEqual([]);
    expect(said[32]).toContain('node gone: sequence gap');
  });

  it('a message that comes again is no second one', () => {
    const node = Node.alive();
    node.say('DDATA', 'd', 2, by(1n, 1));
    expect(node.say('DDATA', 'd', 2, by(1n, 1))).toEqual(['d refused: DDATA with seq 2 behind 3']);
  });

  it('a death of an earlier session is no death', () => {
    const node = Node.alive();
    expect(node.say('NDEATH', null, null, bdSeq(3n))).toEqual([
      'node refused: NDEATH of session 3, the node is in 4',
    ]);
    expect(node.say('DDATA', 'd', 2, by(1n, 1))).toEqual(['d says T=1']);
    expect(node.say('NDEATH', null, null, bdSeq(4n))).toEqual(['node gone: node death']);
    expect(node.say('DDATA', 'd', 3, by(1n, 1))[0]).toBe('d refused: DDATA before a birth');
  });

  it('a death without a session is one, for unknown never reads as fine', () => {
    expect(Node.alive().say('NDEATH', null, null)).toEqual(['node gone: node death']);
  });

  it('a device dies alone', () => {
    const node = Node.alive();
    node.say('DBIRTH', 'e', 2, born('T', 2n));
    expect(node.say('DDEATH', 'd', 3)).toEqual(['d gone: device death']);
    expect(node.say('DDATA', 'd', 4, by(1n, 1))).toEqual([
      'd refused: DDATA before a birth',
      'ask: no device birth',
    ]);
    expect(node.say('DDATA', 'e', 5, by(2n, 1))).toEqual(['e says T=1']);
  });

  it('a device that is not born again after its node is gone, a moment later', () => {
    const node = Node.alive();
    node.say('DBIRTH', 'e', 2, born('T', 2n));
    node.say('NBIRTH', null, 0, bdSeq(5n));
    node.say('DBIRTH', 'e', 1, born('T', 2n));
    expect(node.after(REORDER_MS - 1)).toEqual([]);
    expect(node.after(1)).toEqual(['d gone: not born again']);
  });

  it('metrics of another device, of no birth, of two births, or of another type are refused by name', () => {
    const node = Node.alive();
    node.say('DBIRTH', 'e', 2, born('T', 2n), born('U', 1n));
    expect(node.say('DDATA', 'd', 3, by(2n, 1))[0]).toBe('d refused: alias 2 is of no birth');
    expect(node.say('DDATA', 'd', 4, by(7n, 1), { ...by(0n, 5), alias: null, name: 'T' })).toEqual([
      'd refused: alias 7 is of no birth',
      'ask: alias 7 is of no birth',
      'd says T=5',
    ]);
    expect(node.say('DDATA', 'd', 5, by(1n, 1))[0]).toBe('d refused: alias 1 stands for two metrics');
    expect(node.say('DDATA', 'd', 6, { ...by(1n, 1), alias: null, name: 'X' })[0]).toBe(
      'd refused: metric X is of no birth',
    );
    expect(node.say('DDATA', 'e', 7, { ...by(2n, 1), datatype: 9 })[0]).toBe(
      'e refused: T is of type 9, and was born with 10',
    );
    expect(node.say('DDATA', 'e', 8, { ...by(2n, 1), alias: null })[0]).toBe(
      'e refused: a metric with neither name nor alias',
    );
  });

  it.each([null, 256])('a message with seq %j is refused', (seq) => {
    const node = Node.alive();
    expect(node.say('DDATA', 'd', seq, by(1n, 1))[0]).toContain('expected 0 to 255');
    expect(new Node().say('NBIRTH', null, seq)[0]).toContain('expected 0 to 255');
  });
});

it('whatever is lost, doubled or shuffled, no value is taken that the node did not say last but in its order', () => {
  const step = fc.oneof(
    fc.constant('send' as const),
    fc.constant('lose' as const),
    fc.constant('twice' as const),
    fc.constant('swap' as const),
    fc.constant('rebirth' as const),
    fc.constant('wait' as const),
  );
  const run = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const node = Node.alive();
    let [seq, value, taken] = [2, 0, -1];
    let swapped: (() => string[]) | null = null;
    const take = (said: readonly string[]): void => {
      for (const line of said) {
        const v = Number(/^d says T=(\d+)$/.exec(line)?.[1] ?? Number.NaN);
        if (Number.isNaN(v)) continue;
        expect(v).toBeGreaterThan(taken);
        taken = v;
      }
    };
    const next = (): (() => string[]) => {
      const [own, v] = [seq, ++value];
      seq = (seq + 1) & 0xff;
      return () => node.say('DDATA', 'd', own, by(1n, v));
    };
    for (const what of steps) {
      if (what === 'rebirth') {
        node.say('NBIRTH', null, 0, bdSeq(4n));
        take(node.say('DBIRTH', 'd', 1, born('T', 1n)));
        seq = 2;
        swapped = null;
      } else if (what === 'wait') take(node.after(REORDER_MS / 2));
      else {
        const message = next();
        if (what === 'swap') {
          swapped ??= message;
          continue;
        }
        if (what !== 'lose') take(message());
        if (what === 'twice') take(message());
      }
      if (swapped !== null) take(swapped());
      swapped = null;
    }
    expect(taken).toBeLessThanOrEqual(value);
  });
  fc.assert(run, { numRuns: 3000 });
});
