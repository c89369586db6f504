import * as fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { PacketGuard, type Oversize } from './packet-guard.ts';

const MAX = 200;

const publish = fc.record({
  topic: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }),
  size: fc.oneof(fc.nat(150), fc.nat(5000)),
  qos: fc.constantFrom<0 | 1>(0, 1),
  messageId: fc.integer({ min: 1, max: 65_535 }),
});

const length = (packet: Buffer) => packet.length - (packet.length < 130 ? 2 : 3);

it('lets through what is small enough and passes over the rest, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(publish, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 300 })),
      (sent, cuts) => {
        const packets = sent.map((p) =>
          generate({ ...p, cmd: 'publish', dup: false, retain: false, payload: Buffer.alloc(p.size) }),
        );
        const passed: Buffer[] = [];
        const over: Oversize[] = [];
        const guard = new PacketGuard(
          MAX,
          (bytes) => passed.push(Buffer.from(bytes)),
          (packet) => over.push(packet),
        );
        let rest = Buffer.concat(packets);
        for (let i = 0; rest.length > 0; i++) {
          const n = cuts[i % Math.max(cuts.length, 1)] ?? rest.length;
          expect(guard.feed(rest.subarray(0, n))).toBeNull();
          rest = rest.subarray(n);
        }
        expect(guard.within).toBe(false);
        const small = packets.filter((p) => length(p) <= MAX);
        expect(Buffer.concat(passed).equals(Buffer.concat(small))).toBe(true);
        expect(over).toEqual(
          sent
            .map((p, i) => ({ ...p, bytes: length(packets[i] ?? Buffer.alloc(0)) }))
            .filter((p) => p.bytes > MAX)
            .map(({ topic, qos, messageId, bytes }) => ({
              topic,
              qos,
              messageId: qos === 0 ? null : messageId,
              bytes,
            })),
        );
      },
    ),
    { numRuns: 500 },
  );
});
