import * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { closed } from '../schema.ts';
import { checkTalker, lineOf, streamOf, TALKER_KEYS } from '../talker/settings.ts';
import type { TalkerLine } from '../talker/settings.ts';
import { ENCODINGS, SUFFIXES, type ScanFormat } from './codec.ts';

/** Text that is sent as it stands: ASCII, a control character such as "\x02" as well. */
const ascii = z.string().refine(isSendable, 'must be 1 to 8 ASCII characters, no CR or LF');

function isSendable(text: string): boolean {
  const codes = Array.from(text, (c) => c.codePointAt(0) ?? 0);
  const fits = codes.every((c) => c > 0 && c < 0x7f && c !== 0x0d && c !== 0x0a);
  return fits && codes.length >= 1 && codes.length <= 8;
}

const schema = closed({
  ...TALKER_KEYS,
  driver: z.literal('scanner'),
  suffix: z.enum(SUFFIXES).default('any'),
  prefix: ascii.optional(),
  fnc1: ascii.default('\x1d'),
  encoding: z.enum(ENCODINGS).default('utf-8'),
});

/** A checked `scanner` entry. */
export type ScannerPlan = {
  readonly id: string;
  readonly talker: { readonly line: TalkerLine };
  readonly format: ScanFormat;
  readonly everyMs: number;
  /** The same code again within this time is the same scan. */
  readonly dwellMs: number;
  /** A code of which nothing more comes for so long has no suffix. */
  readonly gapMs: number;
  readonly streams: {
    readonly codes: StreamSpec;
    readonly scans: StreamSpec;
    readonly understood: StreamSpec;
    readonly daysLeft: StreamSpec;
  };
};

const USUAL = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;

export function planScanner(raw: unknown): Checked<ScannerPlan> {
  const checked = checkTalker(schema, raw);
  if (!checked.ok) return checked;
  const s = checked.value;
  const number = { unit: '1', exp: 0, urgent: false } as const;
  return {
    ok: true,
    value: {
      id: s.id,
      talker: { line: lineOf(s, USUAL) },
      format: { suffix: s.suffix, prefix: s.prefix ?? '', fnc1: s.fnc1, encoding: s.encoding },
      everyMs: s.every,
      dwellMs: s.spacing,
      gapMs: s.timeout,
      streams: {
        codes: { ...streamOf(s, { ...number, ch: 'codes', quantity: 'code' }), kind: 2 },
        scans: streamOf(s, { ...number, ch: 'scans', quantity: 'scans' }),
        understood: streamOf(s, { ...number, ch: 'understood', quantity: 'understood' }),
        daysLeft: streamOf(s, { ...number, ch: 'days-left', quantity: 'shelf-life', unit: 'd' }),
      },
    },
  };
}
