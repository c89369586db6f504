import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMessage, type DecodedMessage } from './codec.ts';
import { MessageReader } from './reader.ts';
import {
  decodeResendWanted,
  encodeResendWanted,
  SplitMessages,
  type MessagePart,
  type Taken,
} from './split-messages.ts';

const TERMINAL = { version: null, terminal: '013912345678' };

function part(number: number, total: number, body: readonly number[] = [number], first = 100): MessagePart {
  const serial = (first + number - 1) % 65_536;
  return { id: 0x0704, ...TERMINAL, serial, body: Uint8Array.from(body), part: { total, number } };
}

function takeAll(split: SplitMessages, parts: readonly MessagePart[], now = 0): Taken[] {
  return parts.map((p) => split.take(p, now).taken);
}

const kinds = (all: readonly Taken[]): string[] => all.map((t) => t.kind);
const hex = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');

describe('parts on the wire', () => {
  it.each([
    // Header 0704, attributes split | 2 bytes, terminal, serial 0065, 2 of 3.
    ['2013', null, '070420020139123456780065000300020a0b'],
    ['2019', 1, '0704600201000000000139123456780065000300020a0b'],
  ] as const)('say which part of how many they are, %s', (_, version, header) => {
    const terminal = version === null ? '013912345678' : '00000000013912345678';
    const message = { ...part(2, 3, [0x0a, 0x0b]), version, terminal };
    const frame = encodeMessage(message);
    expect(hex(frame.subarray(1, -2))).toBe(header);
    expect(new MessageReader().push(frame)).toEqual([{ ok: true, message }]);
  });

  it.each([
    [0, 3],
    [4, 3],
    [0, 0],
  ])('part %i of %i is none', (number, total) => {
    const [found]: (DecodedMessage | undefined)[] = new MessageReader().push(
      encodeMessage(part(number, total)),
    );
    expect(found).toEqual({
      ok: false,
      code: 'MALFORMED',
      detail: `message 0704 is part ${number} of ${total}`,
    });
  });

  it.each([
    [null, '0064 02 0002 0005'],
    [1, '0064 0002 0002 0005'],
  ])('are asked for by their message and numbers, version %s', (version, body) => {
    const wanted = { serial: 100, numbers: [2, 5], like: { ...part(1, 5), version } };
    const bytes = Uint8Array.from(encodeResendWanted(wanted));
    expect(hex(bytes)).toBe(body.replaceAll(' ', ''));
    expect(decodeResendWanted(bytes, version)).toEqual({ serial: 100, numbers: [2, 5] });
    expect(decodeResendWanted(bytes.subarray(1), version)).toBeNull();
    expect(decodeResendWanted(new Uint8Array(2), version)).toBeNull();
  });
});

describe('split messages', () => {
  it('are put together in any order, with any repeats, over the end of the serial numbers', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 30 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(bodies, fc.nat(65_535), fc.infiniteStream(fc.nat(11)), (all, first, order) => {
        const split = new SplitMessages();
        const parts = all.map((body, i) => part(i + 1, all.length, [...body], first));
        const sent = [...order.take(20)].flatMap((i) => parts[i % parts.length] ?? []);
        const wholes = takeAll(split, [...sent, ...parts]).filter((t) => t.kind === 'whole');
        expect(wholes.map((t) => hex(t.message.body))).toEqual([hex(Buffer.concat(all))]);
        expect(split.kept).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('are not asked for while they come, and only for what is missing', () => {
    const split = new SplitMessages();
    takeAll(split, [part(1, 4), part(2, 4)], 1000);
    expect(split.due(5999)).toEqual({ missing: [], givenUp: [] });
    expect(split.due(6000).missing).toMatchObject([{ serial: 100, numbers: [3, 4] }]);
    expect(split.due(6001).missing).toEqual([]);
    // The last one has come: nothing follows by itself.
    takeAll(split, [part(4, 4)], 6100);
    expect(split.due(6100).missing).toMatchObject([{ numbers: [3] }]);
    expect(kinds(takeAll(split, [part(3, 4)], 6200))).toEqual(['whole']);
    expect(split.due(99_999)).toEqual({ missing: [], givenUp: [] });
  });

  it('are given up when asking is in vain', () => {
    const split = new SplitMessages();
    takeAll(split, [part(1, 3)]);
    expect([5000, 10_000, 15_000].map((t) => split.due(t).missing.length)).toEqual([1, 1, 1]);
    expect(split.due(20_000).givenUp).toEqual([
      'part 2 of 3 of message 0704 never came, though it was asked for 3 times',
    ]);
    expect(split.kept).toBe(0);
  });

  it('are bounded in number, in parts and in bytes', () => {
    const split = new SplitMessages();
    takeAll(split, [part(1, 2, [1], 0), part(1, 2, [1], 10)]);
    expect(split.take(part(1, 2, [1], 20), 0).givenUp).toEqual([
      'part 2 of 2 of message 0704 never came, and more than 2 messages are under way',
    ]);
    expect(split.kept).toBe(2);
    expect(takeAll(split, [part(1, 65)])).toEqual([
      { kind: 'wrong', detail: 'message 0704 has 65 parts, at most 64 are taken' },
    ]);
    const large = Array.from({ length: 33 }, (_, i) => part(i + 1, 40, Array<number>(1023).fill(i)));
    expect(takeAll(split, large).at(-1)).toEqual({
      kind: 'wrong',
      detail: 'message 0704 has more than 32768 bytes',
    });
    expect(split.kept).toBeLessThanOrEqual(1);
  });

  it('that contradict themselves are none', () => {
    const split = new SplitMessages();
    expect(takeAll(split, [part(1, 2, [1]), part(1, 2, [2])]).at(-1)).toEqual({
      kind: 'wrong',
      detail: 'message 0704 has another part 1 than before',
    });
    expect(split.kept).toBe(0);
  });

  it('that come again are known, and whether they were answered', () => {
    const split = new SplitMessages();
    const [, whole] = takeAll(split, [part(1, 2), part(2, 2)]);
    expect(takeAll(split, [part(1, 2)])).toEqual([{ kind: 'known', done: false }]);
    split.answered(whole?.kind === 'whole' ? whole.key : '');
    expect(takeAll(split, [part(1, 2)])).toEqual([{ kind: 'known', done: true }]);
    for (let first = 200; first < 1000; first += 10)
      takeAll(split, [part(1, 2, [1], first), part(2, 2, [1], first)]);
    // Forgotten: what the report says is known all the same.
    expect(takeAll(split, [part(1, 2)])).toEqual([{ kind: 'kept' }]);
  });
});
