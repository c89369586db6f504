import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEpc, encodeEpc, hex, parseTagUri, takeByPc } from './epc.ts';

/** Cases of each property: a hundred thousand over all with every test run, more by BAILEE_FUZZ. */
const FUZZ = Math.ceil(Number(process.env['BAILEE_FUZZ'] ?? 100_000) / 4);
const FUZZ_MS = 30_000 + FUZZ / 10;

function bytes(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
}

/** Frames of annex E.3 of TDS 2.3 and its worked example. */
const FRAMES = [
  {
    frame: '30 66 C4 40 90 47 E1 40 07 5B CD 15',
    scheme: 'SGTIN-96',
    filter: 3,
    pureUri: 'urn:epc:id:sgtin:95060001343.05.123456789',
    elementString: '(01)09506000134352(21)123456789',
  },
  {
    frame: '30 74 25 7B F7 19 4E 40 00 00 1A 85',
    scheme: 'SGTIN-96',
    filter: 3,
    pureUri: 'urn:epc:id:sgtin:0614141.812345.6789',
    elementString: '(01)80614141123458(21)6789',
  },
  {
    frame: '31 1B A1 B3 00 CE 0A 6A 83 00 00 00',
    scheme: 'SSCC-96',
    filter: 0,
    pureUri: 'urn:epc:id:sscc:952012.03456789123',
    elementString: '(00)095201234567891235',
  },
  {
    frame: '32 76 45 1F D4 60 72 00 00 00 16 2E',
    scheme: 'SGLN-96',
    filter: 3,
    pureUri: 'urn:epc:id:sgln:9521141.12345.5678',
    elementString: '(414)9521141123454(254)5678',
  },
  {
    frame: '36 66 C4 40 90 47 E1 59 B2 C2 BF 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00',
    scheme: 'SGTIN-198',
    filter: 3,
    pureUri: 'urn:epc:id:sgtin:95060001343.05.32a%2Fb',
    elementString: '(01)09506000134352(21)32a/b',
  },
  {
    frame: 'F9 00 95 20 12 34 56 78 91 23 50 00',
    scheme: 'SSCC+',
    filter: 0,
    pureUri: null,
    elementString: '(00)095201234567891235',
  },
  {
    frame: 'FC 34 2C DE 79 52 11 41 12 34 53 85 66 CB 0A FC 52 50 65 F1 87 6F 0D 99 6D 80',
    scheme: 'DSGTIN++',
    filter: 3,
    pureUri: null,
    elementString: '(01)79521141123453(21)32a/b(17)220630',
  },
  {
    // Printed with the header F9, which is that of SSCC+.
    frame: 'EF 00 95 20 12 34 56 78 91 23 59 28 32 F8 C3 B7 86 CC B6 C0',
    scheme: 'SSCC++',
    filter: 0,
    pureUri: null,
    elementString: '(00)095201234567891235',
  },
];

function why(digits: string): string {
  const tag = decodeEpc(bytes(digits));
  return tag.ok ? '' : tag.why;
}

function whyNotWritten(uri: string): string {
  const parsed = parseTagUri(uri);
  if (!parsed.ok) return parsed.why;
  const made = encodeEpc(parsed.value.scheme, parsed.value.content);
  return made.ok ? '' : made.why;
}

describe('a tag', () => {
  it.each(FRAMES)('$frame is $scheme', ({ frame, ...expected }) => {
    expect(decodeEpc(bytes(frame))).toMatchObject({ ok: true, epc: expected });
  });

  it('of a chip maker stays raw', () => {
    expect(decodeEpc(bytes('E2 00 34 11 B8 02 01 13 83 25 7C 3D'))).toEqual({
      ok: false,
      raw: 'E2003411B802011383257C3D',
      why: 'E2 is not the header of a GS1 scheme',
    });
  });

  it('keeps leading zeros, and a field of no digits is empty', () => {
    expect(decodeEpc(bytes('3300393243FF740000000000'))).toMatchObject({
      epc: { pureUri: 'urn:epc:id:grai:061414113245..0', fields: { assettype: '', serial: '0' } },
    });
  });

  it('longer than its scheme is right only where zeros follow', () => {
    expect(decodeEpc(bytes('3066C4409047E140075BCD15 00000000'))).toMatchObject({
      epc: { scheme: 'SGTIN-96' },
    });
    expect(why('3066C4409047E140075BCD15 00000001')).toBe('SGTIN-96: there are bits behind its end');
    expect(why('311BA1B300CE0A6A83000001')).toBe('SSCC-96: there are bits behind its end');
  });

  it('says what is wrong with it', () => {
    expect(why('')).toBe('the tag is empty');
    expect(why('3066C440')).toBe('SGTIN-96: it has 96 bits, the tag 32');
    expect(why('307EC4409047E140075BCD15')).toBe('SGTIN-96: partition 7 does not exist; there are 0 to 6');
    expect(why('307BFFFFF047E140075BCD15')).toBe(
      'SGTIN-96: gs1companyprefix is 1048575, which is more than 999999',
    );
    expect(why('F9 00 95 20 12 34 56 78 91 23 60 00')).toBe(
      'SSCC+: (00) 095201234567891236: the check digit is 6, it should be 5',
    );
    expect(why('F9 00 95 20 12 34')).toMatch(/^SSCC\+: the tag ends too early/);
    expect(why('F9 80 95 20 12 34 56 78 91 23 50 00')).toBe(
      'SSCC+: its toggle says that data follow, there are none',
    );
    expect(why('FB312DC9795211411234538566CB0AFC4000')).toBe('DSGTIN+: (13) 221409 is not a date YYMMDD');
    expect(why('FB362DC9795211411234538566CB0AFC4000')).toBe('DSGTIN+: (7007) 221409 is not a date YYMMDD');
    expect(why('FB3F2D69795211411234538566CB0AFC4000')).toMatch(/^DSGTIN\+: date type 15 does not exist/);
  });

  it('ends where its PC word says', () => {
    const memory = bytes('3066C4409047E140075BCD15 DEADBEEF');
    const taken = takeByPc(0x3000, memory);
    expect(taken.ok && decodeEpc(taken.value)).toMatchObject({ epc: { scheme: 'SGTIN-96' } });
    expect(takeByPc(0x3100, memory)).toMatchObject({ ok: false, why: expect.stringContaining('ISO number') });
    expect(takeByPc(0x5000, memory)).toEqual({
      ok: false,
      why: 'the PC word says 20 bytes of EPC, there are 16',
    });
  });

  it('is not written where something would be lost', () => {
    expect(whyNotWritten('urn:epc:tag:sgtin-96:3.95060001343.05.0123')).toBe(
      'serial "0123" has leading zeros, which would be lost',
    );
    expect(whyNotWritten('urn:epc:tag:sgtin-96:3.95060001343.05.274877906944')).toBe(
      'serial 274877906944 is more than 274877906943',
    );
    expect(whyNotWritten('urn:epc:tag:sgtin-96:9.95060001343.05.1')).toBe(
      'the filter of SGTIN-96 is 0 to 7, not 9',
    );
    expect(whyNotWritten('urn:epc:tag:sgtin-97:3.95060001343.05.1')).toBe(
      'there is no tag URI of scheme "sgtin-97"; did you mean "sgtin-96"?',
    );
    expect(whyNotWritten('urn:epc:tag:sgtin-96:95060001343.05.1')).toContain('has no filter');
  });
});

/** Bytes that begin like some scheme, the rest anything. */
const somewhatLikeATag = fc
  .tuple(
    fc.constantFrom(...Array.from({ length: 256 }, (_, i) => i)),
    fc.uint8Array({ minLength: 0, maxLength: 40 }),
  )
  .map(([header, rest]) => Uint8Array.of(header, ...rest));

const knownTags = FRAMES.map(({ frame }) => bytes(frame));

describe('any bytes', () => {
  it(
    'are read or kept, and what was read is written back to the same',
    () => {
      fc.assert(
        fc.property(somewhatLikeATag, (memory) => {
          const tag = decodeEpc(memory);
          if (!tag.ok) return tag.raw === hex(memory) && tag.why !== '';
          const again = encodeEpc(tag.epc.scheme, { ...tag.epc, filter: tag.epc.filter ?? 0 });
          if (!again.ok) return false;
          const back = decodeEpc(again.value);
          return back.ok && JSON.stringify(back.epc) === JSON.stringify(tag.epc);
        }),
        { numRuns: FUZZ },
      );
    },
    FUZZ_MS,
  );

  it(
    'of a scheme with fixed places are written back bit by bit',
    () => {
      const fixed = fc.tuple(
        fc.constantFrom(0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x2c, 0x3f, 0x40),
        fc.nat(6),
        fc.uint8Array({ minLength: 13, maxLength: 13 }),
      );
      fc.assert(
        fc.property(fixed, ([header, partition, rest]) => {
          const memory = Uint8Array.of(
            header,
            ((rest[0] ?? 0) & 0xe3) | (partition << 2),
            ...rest.subarray(1),
          );
          const tag = decodeEpc(memory);
          if (!tag.ok) return true;
          const again = encodeEpc(tag.epc.scheme, { ...tag.epc, filter: tag.epc.filter ?? 0 });
          return (
            again.ok &&
            hex(memory).startsWith(hex(again.value)) &&
            /^0*$/.test(hex(memory).slice(again.value.length * 2))
          );
        }),
        { numRuns: FUZZ },
      );
    },
    FUZZ_MS,
  );

  it(
    'with one bit flipped or the end cut off are never an error, and never the same tag',
    () => {
      const damaged = fc.constantFrom(...knownTags).chain((memory) =>
        fc.oneof(
          fc.nat(memory.length * 8 - 1).map((bit) => ({
            memory,
            changed: memory.map((b, i) => (i === bit >> 3 ? b ^ (0x80 >> (bit & 7)) : b)),
          })),
          fc.nat(memory.length - 1).map((length) => ({ memory, changed: memory.subarray(0, length) })),
        ),
      );
      fc.assert(
        fc.property(damaged, ({ memory, changed }) => {
          const [before, after] = [decodeEpc(memory), decodeEpc(changed)];
          if (!after.ok) return true;
          // Only the padding of a tag may be cut off without a difference.
          const padding =
            hex(memory).startsWith(hex(changed)) && /^0*$/.test(hex(memory).slice(changed.length * 2));
          return padding || JSON.stringify(after) !== JSON.stringify(before);
        }),
        { numRuns: FUZZ },
      );
    },
    FUZZ_MS,
  );
});
