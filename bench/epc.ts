import { decodeEpc } from '../src/domain/epc/epc.ts';
import type { PartResult } from './figures.ts';
import { medianMs } from './repeated.ts';

/** One of each kind that warehouses have most, from annex E.3 of GS1 TDS 2.3. */
const TAGS = [
  '3066C4409047E140075BCD15',
  '311BA1B300CE0A6A83000000',
  '3276451FD46072000000162E',
  '3666C4409047E159B2C2BF100000000000000000000000000000',
  'F73795211411234538566CB0AFC4',
  'F90095201234567891235000',
];

/** Tags into all their forms, beside writing the same bytes as hexadecimal, which any reader's driver does. */
export function benchEpc(quick: boolean): PartResult {
  const n = quick ? 60_000 : 300_000;
  const runs = quick ? 3 : 7;
  const tags = TAGS.map((tag) => Buffer.from(tag, 'hex'));
  let understood = 0;
  const ms = medianMs(runs, () => {
    for (let i = 0; i < n; i++) if (decodeEpc(tags[i % tags.length] ?? tags[0]!).ok) understood++;
  });
  let characters = 0;
  const bare = medianMs(runs, () => {
    for (let i = 0; i < n; i++) characters += tags[i % tags.length]?.toString('hex').length ?? 0;
  });
  return {
    part: 'epc',
    figures: [
      {
        name: 'tags into all their forms',
        value: (n / ms) * 1000,
        unit: '/s',
        beside: { name: 'bytes to hexadecimal', value: (n / bare) * 1000 },
        target: { least: 200_000 },
      },
    ],
    notes: [
      `median of ${runs} runs of ${n} tags of ${TAGS.length} schemes; ${understood / (runs + 1)} understood, ${characters / (runs + 1)} digits`,
    ],
  };
}
