import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSentence, encodeSentence, type Sentence } from './codec.ts';
import { SentenceReader } from './reader.ts';

const GGA = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n';
const RMC = '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n';
const SOUTH = '$GNRMC,044512.50,A,3436.22330,S,05822.89550,W,0.02,,221126,,,A*5A\r\n';

/** Cases of each property: 100,000 over all in CI (BAILEE_FUZZ asks for more). */
const RUNS = Math.ceil(Number(process.env['BAILEE_FUZZ'] ?? 100_000) / 4);

function read(...chunks: readonly (string | Uint8Array)[]) {
  const reader = new SentenceReader();
  return chunks.flatMap((c) => reader.push(typeof c === 'string' ? Buffer.from(c, 'latin1') : c));
}

function sentences(...chunks: readonly (string | Uint8Array)[]): Sentence[] {
  return read(...chunks).flatMap((d) => (d.ok && d.sentence !== null ? [d.sentence] : []));
}

/** A sentence whose checksum is right, whatever is in it. */
function sealed(body: string): string {
  const sum = Buffer.from(body).reduce((x, byte) => x ^ byte, 0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}

describe('literal sentences (wire formats 7.3)', () => {
  it('GGA', () => {
    expect(sentences(GGA)).toEqual([
      {
        type: 'GGA',
        talker: 'GP',
        time: 45_319_000,
        quality: 1,
        place: { latitude: 481_173_000, longitude: 115_166_667 },
        satellites: 8,
      },
    ]);
  });

  it('RMC', () => {
    expect(sentences(RMC)).toEqual([
      {
        type: 'RMC',
        talker: 'GP',
        at: Date.parse('1994-03-23T12:35:19Z'),
        time: 45_319_000,
        valid: true,
        mode: '',
        place: { latitude: 481_173_000, longitude: 115_166_667 },
        speed: 2240,
      },
    ]);
  });

  it('RMC south and west, with fractions of a second', () => {
    expect(sentences(SOUTH)).toEqual([
      {
        type: 'RMC',
        talker: 'GN',
        at: Date.parse('2026-11-22T04:45:12.500Z'),
        time: 17_112_500,
        valid: true,
        mode: 'A',
        place: { latitude: -346_037_217, longitude: -583_815_917 },
        speed: 2,
      },
    ]);
  });

  it('empty fields are unknown, not zero', () => {
    const nothing = encodeSentence({
      type: 'RMC',
      talker: 'BD',
      at: null,
      time: null,
      valid: false,
      mode: 'N',
      place: null,
      speed: null,
    });
    expect(nothing).toBe('$BDRMC,,V,,,,,,,,,,N*42\r\n');
    expect(sentences(nothing)).toMatchObject([{ at: null, valid: false, place: null, speed: null }]);
  });
});

describe('what is refused', () => {
  it.each([
    ['a wrong checksum', GGA.replace('*47', '*48'), 'CHECKSUM'],
    ['no checksum', GGA.replace('*47', ''), 'MALFORMED'],
    ['a sentence cut off by the next', RMC.slice(0, 30), 'MALFORMED'],
    ['no end', `$${'x'.repeat(200)}`, 'MALFORMED'],
    ['61 minutes', sealed('GPRMC,123519,A,4861.000,N,01131.000,E,0,,230394,,'), 'MALFORMED'],
    ['91 degrees', sealed('GPRMC,123519,A,9100.000,N,01131.000,E,0,,230394,,'), 'MALFORMED'],
    ['no hemisphere', sealed('GPRMC,123519,A,4807.000,,01131.000,E,0,,230394,,'), 'MALFORMED'],
    ['25 hours', sealed('GPRMC,253519,A,4807.000,N,01131.000,E,0,,230394,,'), 'MALFORMED'],
    ['the 31st of February', sealed('GPRMC,123519,A,4807.000,N,01131.000,E,0,,310294,,'), 'MALFORMED'],
    ['status X', sealed('GPRMC,123519,X,4807.000,N,01131.000,E,0,,230394,,'), 'MALFORMED'],
    ['half a satellite', sealed('GPGGA,123519,4807.038,N,01131.000,E,1,0.5,,,,,,,'), 'MALFORMED'],
    ['quality 9', sealed('GPGGA,123519,4807.038,N,01131.000,E,9,8,,,,,,,'), 'MALFORMED'],
  ])('%s', (_, text, code) => {
    expect(read(text, GGA).filter((d) => !d.ok)).toMatchObject([{ code }]);
    expect(sentences(text, GGA).at(-1)?.type).toBe('GGA');
  });

  it('other sentences are whole and say nothing', () => {
    expect(read(sealed('GPTXT,01,01,02,ANTSTATUS=OK'))).toEqual([{ ok: true, sentence: null }]);
  });
});

const place = fc.option(
  fc.record({
    latitude: fc.integer({ min: -900_000_000, max: 900_000_000 }),
    longitude: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
  }),
  { nil: null },
);
const day = fc.integer({ min: 0, max: 36_523 }).map((d) => Date.UTC(1980, 0, 1) + d * 86_400_000);
const time = fc.integer({ min: 0, max: 8_639_999 }).map((t) => t * 10);
const rmc = fc
  .record({
    talker: fc.constantFrom('GP', 'GN', 'BD', 'GB', 'GL'),
    day,
    time,
    valid: fc.boolean(),
    mode: fc.constantFrom('', 'A', 'D', 'E', 'N'),
    place,
    speed: fc.option(fc.integer({ min: 0, max: 99_999 }), { nil: null }),
  })
  .map(({ day: d, ...rest }): Sentence => ({ ...rest, type: 'RMC', at: d + rest.time }));
const gga = fc
  .record({
    talker: fc.constantFrom('GP', 'GN'),
    time: fc.option(time, { nil: null }),
    quality: fc.integer({ min: 0, max: 8 }),
    place,
    satellites: fc.option(fc.integer({ min: 0, max: 99 }), { nil: null }),
  })
  .map((s): Sentence => ({ ...s, type: 'GGA' }));
const any = fc.oneof(rmc, gga);

describe('properties', { timeout: 30_000 + RUNS }, () => {
  it('decode of encode is the same, to a centimetre or two', () => {
    fc.assert(
      fc.property(any, (sentence) => {
        const decoded = decodeSentence(encodeSentence(sentence).slice(1, -2));
        if (!decoded.ok || decoded.sentence === null) throw new Error(JSON.stringify(decoded));
        expect({ ...decoded.sentence, place: null }).toEqual({ ...sentence, place: null });
        if (sentence.place === null || decoded.sentence.place === null) {
          expect(decoded.sentence.place).toBe(sentence.place);
          return;
        }
        const { latitude, longitude } = decoded.sentence.place;
        expect(Math.abs(latitude - sentence.place.latitude)).toBeLessThanOrEqual(1);
        expect(Math.abs(longitude - sentence.place.longitude)).toBeLessThanOrEqual(1);
      }),
      { numRuns: RUNS },
    );
  });

  it('noise in front and any chunking lose nothing', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        any,
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 }),
        (noise, sentence, cuts) => {
          const text = encodeSentence(sentence);
          const bytes = Buffer.concat([noise, Buffer.from(text, 'latin1')]);
          const chunks: Buffer[] = [];
          let at = 0;
          for (const cut of cuts) chunks.push(bytes.subarray(at, (at += cut)));
          chunks.push(bytes.subarray(at));
          const [wanted] = sentences(text);
          expect(sentences(...chunks).at(-1)).toEqual(wanted);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('a flipped bit gives never another sentence, and the next one is whole', () => {
    fc.assert(
      fc.property(any, any, fc.nat(), fc.integer({ min: 0, max: 7 }), (sentence, next, where, bit) => {
        const text = encodeSentence(sentence);
        const bytes = Buffer.from(text, 'latin1');
        const at = where % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const [first] = sentences(text);
        const [last] = sentences(encodeSentence(next));
        const found = sentences(bytes, encodeSentence(next));
        expect(found.at(-1)).toEqual(last);
        // The end of the line is not under the checksum, and need not be.
        for (const other of found.slice(0, -1)) expect(other).toEqual(first);
      }),
      { numRuns: RUNS },
    );
  });

  it('whatever comes, what it says of it is bounded', () => {
    const alphabet = fc.constantFrom(...Buffer.from('$*,0123456789AVNSEWGPRMC.\r\n'));
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 400 }), (bytes) => {
        for (const d of read(Uint8Array.from(bytes))) {
          if (!d.ok) expect(d.detail.length).toBeLessThan(160);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
