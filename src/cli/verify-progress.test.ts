import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ProvenLeaf } from '../evidence/proven-leaf.ts';
import { decodeDescriptor } from '../evidence/descriptor.ts';
import { encode } from '../evidence/cbor.ts';
import { EVENTS_STREAM, descriptorOf } from '../domain/stream.ts';
import { Context, type Lang } from './context.ts';
import { verifyProgress } from './verify-progress.ts';

const leaf: ProvenLeaf = { i: 0, seq: 0, t: 0, type: 13, body: [9, null, null, null] };
const descriptor = decodeDescriptor(encode(descriptorOf(new Uint8Array(8), EVENTS_STREAM)));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(lang: Lang, isTTY = true) {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const context = new Context({ env: {}, signal: new AbortController().signal, stdin, stdout, stderr }, lang);
  const watch = verifyProgress(context);
  const told = (): string[] =>
    String(stderr.read() ?? '')
      .split('\r\u001b[K')
      .slice(1);
  const leaves = (n: number): void => {
    for (let i = 0; i < n; i++) watch.leaf?.(leaf, descriptor);
  };
  return { watch, told, leaves };
}

it('says nothing to who does not wait', () => {
  const { watch, told, leaves } = watched('en');
  watch.step?.('leaves', 100_000);
  leaves(100_000);
  expect(told()).toEqual([]);
});

it('tells after a second which step it is at, and how many leaves have gone by', () => {
  const { watch, told, leaves } = watched('en');
  vi.advanceTimersByTime(1001);
  watch.step?.('segments', null);
  watch.step?.('leaves', 80_000);
  leaves(50_000);
  watch.step?.('devices', null);
  expect(told()).toEqual([
    'checking, step 6 of 10',
    'checking, step 8 of 10 0 %',
    'checking, step 8 of 10 25 %',
    'checking, step 8 of 10 50 %',
    'checking, step 9 of 10',
  ]);
});

it('tells it in Chinese, and no file', () => {
  const { watch, told } = watched('zh');
  vi.advanceTimersByTime(1001);
  watch.step?.('leaves', 10);
  expect(told()).toEqual(['核验中，第 8/10 步 0 %']);
  const file = watched('en', false);
  vi.advanceTimersByTime(1001);
  file.watch.step?.('leaves', 10);
  expect(file.told()).toEqual([]);
});
