import * as fc from 'fast-check';
import { expect, vi } from 'vitest';
import { FrameScanner } from './frame-scanner.ts';
import type { FrameFormat, Heard } from './frame-scanner.ts';

/** Cases of one format: a hundred thousand with every test run, more by BAILEE_FUZZ. */
const CASES = Number(process.env['BAILEE_FUZZ'] ?? 100_000);

// Ten million take as many times longer.
vi.setConfig({ testTimeout: Math.max(30_000, CASES) });

export type Spoken<T> = {
  readonly format: FrameFormat<T>;
  readonly encode: (value: T) => Uint8Array;
  readonly values: fc.Arbitrary<T>;
  /** Whether no flipped bit may pass. */
  readonly hasChecksum: boolean;
  /** Part of the cases, where a driver knows several formats; 1 when left out. */
  readonly share?: number;
};

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** All that is heard of `bytes` in one piece. */
export function heardOf<T>(format: FrameFormat<T>, ...parts: readonly Uint8Array[]): Heard<T>[] {
  return new FrameScanner(format).push(Uint8Array.from(Buffer.concat(parts)));
}

export function goodOf<T>(heard: readonly Heard<T>[]): T[] {
  return heard.flatMap((h) => (h.ok ? [h.value] : []));
}

/** A literal frame is read alike whole, byte by byte, and split at every place. */
export function expectReadAlike<T>(format: FrameFormat<T>, frame: Uint8Array, value: T): void {
  const splits = Array.from({ length: frame.length }, (_, at) => [frame.slice(0, at), frame.slice(at)]);
  for (const parts of [[frame], Array.from(frame, (byte) => Uint8Array.of(byte)), ...splits]) {
    const scanner = new FrameScanner(format);
    expect(parts.flatMap((part) => scanner.push(part))).toEqual([{ ok: true, value }]);
    expect(scanner.kept).toBe(0);
  }
}

/** Any chunking gives what was said. */
export function checkChunking<T>({ format, encode, values, share = 1 }: Spoken<T>): void {
  const run = fc.property(
    fc.array(values, { maxLength: 4 }),
    fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
    (said, sizes) => {
      const bytes = Buffer.concat(said.map(encode));
      const scanner = new FrameScanner(format);
      const heard: Heard<T>[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        heard.push(...scanner.push(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(heard).toEqual(said.map((value) => ({ ok: true, value })));
    },
  );
  fc.assert(run, { numRuns: Math.ceil(CASES * share * 0.2) });
}

/**
 * Whether noise and what comes behind it make a frame, its check right by chance: nobody can tell
 * that from one that was meant, and it takes the bytes of the frame behind.
 */
function makesFrame(
  format: FrameFormat<unknown>,
  noise: Uint8Array,
  ...behind: readonly Uint8Array[]
): boolean {
  const bytes = Uint8Array.from(Buffer.concat([noise, ...behind]));
  for (let at = 0; at < noise.length; at++) {
    const found = format.judge(bytes, at);
    if (found.kind === 'frame' && at + found.length > noise.length) return true;
  }
  return false;
}

/** Noise, also halves of real frames, never costs a good frame behind it unless it makes one itself. */
export function checkNoise<T>({ format, encode, values, share = 1 }: Spoken<T>): void {
  let byChance = 0;
  const half = fc.tuple(values, fc.nat(60)).map(([value, n]) => {
    const frame = encode(value);
    return frame.slice(0, n % frame.length);
  });
  const run = fc.property(
    fc.oneof(fc.uint8Array({ maxLength: 80 }), half),
    values,
    values,
    (noise, first, second) => {
      const behind = [encode(first), encode(second), padding(format)];
      const good = goodOf(heardOf(format, noise, ...behind));
      if (makesFrame(format, noise, ...behind)) byChance++;
      else expect(good.slice(-2)).toEqual([first, second]);
    },
  );
  const numRuns = Math.ceil(CASES * share * 0.2);
  fc.assert(run, { numRuns });
  // More would be a format that takes for a frame what is none.
  expect(byChance).toBeLessThan(numRuns / 50);
}

/** A flipped bit is never a reading where there is a checksum, and nowhere costs the frames around it. */
export function checkFlips<T>({ format, encode, values, hasChecksum, share = 1 }: Spoken<T>): void {
  const run = fc.property(values, values, fc.nat(100_000), (spoiled, good, n) => {
    const frame = encode(spoiled);
    const bit = n % (frame.length * 8);
    frame[bit >> 3] = (frame[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const heard = goodOf(heardOf(format, encode(good), frame, encode(good), encode(good), padding(format)));
    if (hasChecksum) expect(heard).toEqual([good, good, good]);
    else {
      expect(heard.length).toBeLessThanOrEqual(4);
      expect([heard[0], ...heard.slice(-2)]).toEqual([good, good, good]);
    }
  });
  fc.assert(run, { numRuns: Math.ceil(CASES * share * 0.3) });
}

/** Whatever comes, at most one frame's bytes are kept. */
export function checkBound<T>({ format, encode, values, share = 1 }: Spoken<T>): void {
  const frames = values.map((value) => encode(value).slice(0, -1));
  const run = fc.property(
    fc.array(fc.oneof(fc.uint8Array({ maxLength: 64 }), frames), { maxLength: 6 }),
    (chunks) => {
      const scanner = new FrameScanner(format);
      for (const chunk of chunks) {
        scanner.push(chunk);
        expect(scanner.kept).toBeLessThan(format.longest);
      }
    },
  );
  fc.assert(run, { numRuns: Math.ceil(CASES * share * 0.3) });
}

/** What begins like a frame is told from one at the latest when so many bytes more have come. */
function padding(format: FrameFormat<unknown>): Uint8Array {
  return new Uint8Array(format.longest);
}
