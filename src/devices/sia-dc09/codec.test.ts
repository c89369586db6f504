import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decrypt, encrypt, keyOf } from './cipher.ts';
import { decodeContent, decodeEnvelope, encodeContent, encodeEnvelope, type Envelope } from './codec.ts';
import { encodeFrame, FrameScanner, type Heard } from './frame.ts';
import { readContactId, readSia } from './panel-event.ts';

/** Cases over all properties: a hundred thousand with every test run, more by BAILEE_FUZZ. */
const RUNS = Math.ceil(Number(process.env['BAILEE_FUZZ'] ?? 100_000) / 5);

const at = (text: string): Uint8Array => Buffer.from(`\n${text}\r`, 'latin1');
const T = Date.UTC(2026, 8, 25, 14, 12, 4);
const CID = '"ADM-CID"0003L0#1234[#1234|1130 01 015]_14:12:04,09-25-2026';
const SIA = '"SIA-DCS"0002L0#1234[#1234|Nri1/BA501]_14:12:04,09-25-2026';

/** The published layout's frames, checksums recomputed by hand. */
const FRAMES = {
  'Contact ID burglary': [`9A20003B${CID}`, CID],
  'SIA-DCS burglary': [`9D2D003A${SIA}`, SIA],
  'NULL link test': ['1EF20013"NULL"0000L0#1234[]', '"NULL"0000L0#1234[]'],
  'ACK sent back': ['D1600012"ACK"0003L0#1234[]', '"ACK"0003L0#1234[]'],
} as const;

const hear = (bytes: Uint8Array): Heard[] => new FrameScanner().push(bytes);
const bodies = (heard: readonly Heard[]): string[] => heard.flatMap((h) => (h.ok ? [h.body] : []));

describe('frames of DC-09', () => {
  it.each(Object.entries(FRAMES))('%s, both ways', (_name, [frame, body]) => {
    expect(hear(at(frame))).toEqual([{ ok: true, body }]);
    expect(Buffer.from(encodeFrame(body))).toEqual(Buffer.from(at(frame)));
  });

  it('takes lower-case hex digits', () => {
    expect(bodies(hear(at(`9a20003b${CID}`)))).toEqual([CID]);
  });

  it.each([
    ['another checksum', `9A21003B${CID}`, 'CHECKSUM', 'checksum 9A21 of a message whose checksum is 9A20'],
    ['one byte too long', `9A20003C${CID}`, 'MALFORMED', 'byte 13 after 59 of 60 bytes of a message'],
    ['one byte too short', `9A20003A${CID}`, 'MALFORMED', 'no CR after the 58 bytes of a message'],
    ['a length without its zero', `9A20103B${CID}`, 'MALFORMED', '"9A20103B" is no checksum and length'],
    ['a length nobody sends', `9A200FFF${CID}`, 'MALFORMED', 'a message of 4095 bytes, at most 1024'],
    ['no checksum', CID, 'MALFORMED', String.raw`"\"ADM-CID" is no checksum and length`],
  ])('rejects %s', (_name, frame, code, detail) => {
    expect(hear(at(frame))).toEqual([{ ok: false, code, detail }]);
    expect(bodies(hear(Buffer.concat([at(frame), at(FRAMES['NULL link test'][0])])))).toEqual([
      '"NULL"0000L0#1234[]',
    ]);
  });

  it('tells bytes in which no frame begins, once for many', () => {
    expect(hear(Buffer.alloc(300, 0x41))).toEqual([
      { ok: false, code: 'MALFORMED', detail: '300 bytes in which no frame begins' },
    ]);
  });
});

const envelope: fc.Arbitrary<Envelope> = fc.record({
  id: fc.constantFrom('ADM-CID', 'SIA-DCS', 'NULL', 'ACK'),
  isEncrypted: fc.boolean(),
  sequence: fc.integer({ min: 0, max: 9999 }),
  receiver: fc.constantFrom('', 'R1', 'RABCDEF'),
  line: fc.constantFrom('L0', 'L1F'),
  account: fc.stringMatching(/^[0-9A-F]{3,16}$/),
  rest: fc.stringMatching(/^[\x20-\x7e]{0,60}$/),
});
const body = envelope.map(encodeEnvelope);

describe('properties', { timeout: 30_000 + RUNS }, () => {
  it('decode of encode is the same', () => {
    const time = fc.option(fc.integer({ min: 0, max: 4_102_444_800 }).map((s) => s * 1000));
    fc.assert(
      fc.property(envelope, fc.stringMatching(/^[#|0-9A-Za-z /]{0,40}$/), time, (message, data, stamp) => {
        const [only, ...more] = bodies(hear(encodeFrame(encodeEnvelope(message))));
        expect(more).toEqual([]);
        expect(decodeEnvelope(only ?? '')).toEqual(message);
        const content = { data, time: stamp };
        expect(decodeContent(encodeContent(content))).toEqual(content);
      }),
      { numRuns: RUNS },
    );
  });

  it('any noise before it, any chunking, any cuts: the good frame is heard and nothing grows', () => {
    const noise = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(body, noise, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (b, n, cuts) => {
        const bytes = Buffer.concat([n, encodeFrame(b)]);
        const scanner = new FrameScanner();
        const heard: Heard[] = [];
        for (let from = 0, i = 0; from < bytes.length; i++) {
          const to = from + (cuts[i % cuts.length] ?? 1);
          heard.push(...scanner.push(bytes.subarray(from, to)));
          expect(scanner.kept).toBeLessThanOrEqual(1024 + 10);
          from = to;
        }
        expect(bodies(heard)).toEqual([b]);
      }),
      { numRuns: RUNS },
    );
  });

  it('a flipped bit is never another message, and never costs the frame behind it', () => {
    fc.assert(
      fc.property(body, body, fc.nat(), (first, second, where) => {
        const bytes = Buffer.from(encodeFrame(first));
        const bit = where % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const heard = bodies(hear(Buffer.concat([bytes, encodeFrame(second)])));
        // The case of a hex digit is no part of the message.
        expect(heard.at(-1)).toBe(second);
        expect(heard.slice(0, -1).filter((text) => text !== first)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('whatever bytes come, it neither throws nor keeps them', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(at(`9A20003B${CID}`), Buffer.from('\n9A20')),
      ),
    );
    fc.assert(
      fc.property(hostile, (chunks) => {
        const scanner = new FrameScanner();
        for (const chunk of chunks) {
          for (const text of bodies(scanner.push(chunk))) expect(text).toBe(CID);
          expect(scanner.kept).toBeLessThanOrEqual(1024 + 10);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('whatever text a good frame holds, readers answer or give null', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^#1234\|[NO](ri\d?|\/|[A-Z]{2}\d{0,3}|\^[a-z]*\^?)*$/),
    );
    fc.assert(
      fc.property(text, (data) => {
        const event = readContactId(data, '1234');
        if (event !== null) expect(data).toContain(event.code);
        for (const { zone, partition, code } of readSia(data, '1234') ?? []) {
          expect(data).toContain(code);
          expect([Number.isInteger(zone), Number.isInteger(partition)]).toEqual([true, true]);
        }
        decodeContent(data);
        decodeEnvelope(data);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('messages', () => {
  it('are read whole', () => {
    expect(decodeEnvelope(CID)).toEqual({
      id: 'ADM-CID',
      isEncrypted: false,
      sequence: 3,
      receiver: '',
      line: 'L0',
      account: '1234',
      rest: '#1234|1130 01 015]_14:12:04,09-25-2026',
    });
    expect(decodeContent('#1234|1130 01 015]_14:12:04,09-25-2026')).toEqual({
      data: '#1234|1130 01 015',
      time: T,
    });
    // Extended data (here a name) stands between them and says nothing to us.
    expect(decodeContent('#1234|Nri1/BA501][H00AB]_14:12:04,09-25-2026')?.time).toBe(T);
  });

  it.each([']_14:12:04,02-30-2026', ']_24:00:00,09-25-2026', ']_14:12:04', '', '[]', '#1|x]]'])(
    'refuses the content %j',
    (text) => expect(decodeContent(text)).toBeNull(),
  );

  it.each([
    ['#1234|1130 01 015', { condition: 'alarm', active: true, partition: 1, zone: 15, code: '1130' }],
    ['#1234|3130 01 015', { condition: 'alarm', active: false, partition: 1, zone: 15, code: '3130' }],
    ['|6144 02 003', { condition: 'tamper', active: true, partition: 2, zone: 3, code: '6144' }],
    ['#1234|1401 01 007', { condition: 'armed', active: false, partition: 1, zone: 7, code: '1401' }],
    ['#1234|3401 01 007', { condition: 'armed', active: true, partition: 1, zone: 7, code: '3401' }],
    ['#1234|1301 00 000', { condition: 'mains', active: true, partition: 0, zone: 0, code: '1301' }],
    ['#1234|1302 00 000', { condition: 'battery', active: true, partition: 0, zone: 0, code: '1302' }],
    ['#1234|1354 00 000', { condition: 'communication', active: true, partition: 0, zone: 0, code: '1354' }],
    ['#1234|1602 00 000', { condition: 'test', active: true, partition: 0, zone: 0, code: '1602' }],
    ['#1234|1999 00 000', { condition: null, active: true, partition: 0, zone: 0, code: '1999' }],
    ['#9999|1130 01 015', null],
    ['#1234|2130 01 015', null],
    ['#1234|1130 01 15', null],
  ])('Contact ID %j', (data, event) => expect(readContactId(data, '1234')).toEqual(event));

  it('SIA codes, several in one message', () => {
    const alarm = { condition: 'alarm', active: true, partition: 1, zone: 501, code: 'BA' };
    expect(readSia('#1234|Nri1/BA501', '1234')).toEqual([alarm]);
    expect(readSia('#1234|Nri1BA501^fence north^/TR7ri2/CL3', '1234')).toEqual([
      alarm,
      { condition: 'tamper', active: false, partition: 1, zone: 7, code: 'TR' },
      { condition: 'armed', active: true, partition: 2, zone: 3, code: 'CL' },
    ]);
    expect(readSia('#1234|Nri1/XX5', '1234')).toEqual([
      { condition: null, active: true, partition: 1, zone: 5, code: 'XX' },
    ]);
    for (const bad of [
      '#9999|Nri1/BA1',
      '#1234|ri1/BA1',
      '#1234|N',
      '#1234|Nri1/ba1',
      '#1234|Nri1.2.3/BA1',
    ]) {
      expect(readSia(bad, '1234')).toBeNull();
    }
  });
});

const key = (digits: number): Uint8Array =>
  keyOf('0123456789abcdef'.repeat(4).slice(0, digits)) ?? new Uint8Array();

describe('encryption', () => {
  it.each([32, 48, 64])('a key of %i hex digits, both ways; another key reads nothing of it', (digits) => {
    const content = '#1234|1130 01 015]_14:12:04,09-25-2026';
    const sealed = encrypt(content, key(digits));
    expect(sealed).toMatch(/^(?:[0-9A-F]{32})+$/);
    expect(decrypt(sealed, key(digits))).toBe(content);
    const other = key(digits).map((byte) => byte ^ 1);
    expect(decodeContent(decrypt(sealed, other) ?? '')).toBeNull();
  });

  it('OpenSSL reads it, with the zero IV', () => {
    // echo -n 'ABCDEFGHI|#1234|1130 01 015]_14:12:04,09-25-2026' | openssl enc -aes-128-cbc -nopad -iv 0… -K 0123…
    expect(decrypt(FROM_OPENSSL, key(32))).toBe('#1234|1130 01 015]_14:12:04,09-25-2026');
  });

  it.each(['', '0', '12345678', 'Z'.repeat(32), 'ab'.repeat(17)])('%j is no key', (text) =>
    expect(keyOf(text)).toBeNull(),
  );

  it.each(['', 'A'.repeat(31), 'G'.repeat(32)])('%j is no encryption', (text) =>
    expect(decrypt(text, key(32))).toBeNull(),
  );
});

const FROM_OPENSSL =
  '6456151EB976B2223512E3B6606F4EA8F77BEEBB78889813D99B1FB84522979A7190C90295CF875401C668468BD91147';
