import * as fc from 'fast-check';
import { generate, parser, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { Frames } from './frames.ts';
import { readPublish } from './publish-frame.ts';

/** A PUBLISH of any topic and payload, as mqtt-packet writes it. */
const anyPublish = fc.record({
  topic: fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }).map((s) => s.replaceAll(/[+#\0]/g, '-')),
  payload: fc.uint8Array({ maxLength: 400 }),
  retain: fc.boolean(),
  qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  messageId: fc.integer({ min: 1, max: 0xffff }),
  version: fc.constantFrom(4 as const, 5 as const),
});

type AnyPublish = typeof anyPublish extends fc.Arbitrary<infer T> ? T : never;

function encode({ topic, payload, retain, qos, messageId, version }: AnyPublish): Buffer {
  const head = { cmd: 'publish', dup: false, retain, qos, topic, payload: Buffer.from(payload) } as const;
  return generate({ ...head, ...(qos > 0 ? { messageId } : {}) }, { protocolVersion: version });
}

function generally(frame: Buffer, version: 4 | 5): Packet | null {
  let found: Packet | null = null;
  const general = parser({ protocolVersion: version });
  general.on('packet', (packet) => (found = packet));
  general.on('error', () => undefined);
  general.parse(frame);
  return found;
}

describe('a PUBLISH read directly', () => {
  it('says what the general parser says', () => {
    fc.assert(
      fc.property(anyPublish, (publish) => {
        const frame = encode(publish);
        const { topic, payload, retain, qos, messageId } = readPublish(frame, publish.version) ?? {};
        expect(generally(frame, publish.version)).toMatchObject({
          cmd: 'publish',
          topic,
          payload,
          retain,
          qos,
        });
        expect(messageId).toBe(publish.qos > 0 ? publish.messageId : 0);
      }),
    );
  });

  it('leaves properties, other packets and what is malformed to the general parser', () => {
    const properties = { messageExpiryInterval: 5 };
    const publish = { cmd: 'publish', dup: false, retain: false, qos: 1, topic: 't', payload: 'x' } as const;
    const withProperties = generate({ ...publish, messageId: 7, properties }, { protocolVersion: 5 });
    expect(readPublish(withProperties, 5)).toBeNull();
    expect(readPublish(generate({ cmd: 'puback', messageId: 1 }), 4)).toBeNull();
    expect(readPublish(Buffer.from('3606000174000778', 'hex'), 4)).toBeNull();
    expect(readPublish(Buffer.from('30050009617878', 'hex'), 4)).toBeNull();
    expect(readPublish(Buffer.from('3206000174000078', 'hex'), 4)).toBeNull();
    expect(readPublish(Buffer.from('30020000', 'hex'), 4)).toBeNull();
  });

  it('never reads what the general parser refuses', () => {
    fc.assert(
      fc.property(anyPublish, fc.nat(), fc.nat(7), (publish, at, bit) => {
        const frame = encode(publish);
        // The length stays: a frame is a whole packet.
        const i = 2 + (at % (frame.length - 2));
        frame[i] = (frame[i] ?? 0) ^ (1 << bit);
        const [frames, taken] = [[] as Buffer[], readPublish(frame, publish.version)];
        new Frames((f) => frames.push(f)).feed(frame);
        if (taken === null || frames.length !== 1) return;
        const { topic, payload } = taken;
        expect(generally(frame, publish.version)).toMatchObject({ cmd: 'publish', topic, payload });
      }),
    );
  });
});

describe('frames', () => {
  it('are the packets, however they are cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(anyPublish, { maxLength: 8 }), fc.array(fc.nat(300)), (publishes, cuts) => {
        const packets = publishes.map(encode);
        const stream = Buffer.concat(packets);
        const frames: Buffer[] = [];
        const reader = new Frames((frame) => frames.push(Buffer.from(frame)));
        let at = 0;
        for (const cut of cuts) {
          reader.feed(stream.subarray(at, at + cut));
          at += cut;
        }
        reader.feed(stream.subarray(at));
        expect(frames).toEqual(packets);
      }),
    );
  });

  it('are put together from single bytes', () => {
    const packet = generate({
      cmd: 'publish',
      dup: false,
      retain: false,
      qos: 0,
      topic: 't',
      payload: Buffer.alloc(300),
    });
    const frames: Buffer[] = [];
    const reader = new Frames((frame) => frames.push(frame));
    for (let i = 0; i < packet.length; i++) reader.feed(packet.subarray(i, i + 1));
    expect(frames).toEqual([packet]);
  });
});
