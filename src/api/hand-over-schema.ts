import * as z from 'zod';
import { count, instant, list } from './schema-parts.ts';

/** Schemas of hand-overs. Digests, keys and signatures are small hexadecimal digits. */

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 small hexadecimal digits');
const signature = z.string().regex(/^[0-9a-f]{128}$/, 'must be 128 small hexadecimal digits');
const word = z.string().min(1).max(64);
const note = z.string().min(1).max(200);
const reason = z.string().min(1);
const signed = z.strictObject({ key: digest, at: instant });

const HandOver = z.strictObject({
  id: z.string(),
  state: z.enum(['incomplete', 'complete', 'disputed']).meta({
    description: 'incomplete while a signature is missing; disputed while an objection is not settled',
  }),
  sha256: digest.meta({ description: 'Of the terms as they are kept and bundled' }),
  at: instant,
  terms: z.looseObject({
    kind: z.literal('hand-over'),
    waybill: z.string(),
    giver: z.string(),
    taker: z.string(),
    goods: z.strictObject({
      lot: z.string(),
      epcs: list(z.string()).nullable(),
      amount: z.strictObject({ value: count, exp: z.int(), unit: z.string() }),
    }),
    zone: z.string(),
    at: instant,
    vehicle: z.string().nullable(),
    condition: z.strictObject({
      accepted: z.boolean(),
      minutesOutside: count.nullable(),
      note: z.string(),
    }),
  }),
  giver: signed.nullable(),
  taker: signed.nullable(),
  exceptions: list(
    z.strictObject({
      by: z.string(),
      code: z.string(),
      note: z.string(),
      pictures: list(z.string()),
      at: instant,
      seq: count.meta({ description: 'Names it' }),
      kept: z.boolean().meta({ description: 'Whether its proof file is made' }),
    }),
  ),
});
const HandOvers = list(HandOver);
const HandOverOrder = z.strictObject({
  document: z
    .looseObject({ kind: z.literal('hand-over') })
    .meta({ description: 'What is wrong with it is told field by field' }),
  reason,
});
const HandOverBegun = z.strictObject({
  sha256: digest,
  giver: z.string().meta({ description: 'Path of the page at which the giver signs; good for an hour' }),
  taker: z.string(),
});
const keyed = { key: digest, signature };
const HandSignature = z.strictObject({ by: z.enum(['giver', 'taker']), ...keyed, reason });
const HandException = z.strictObject({
  by: word.meta({ description: 'The party that objects' }),
  code: word,
  note,
  pictures: z.array(digest).max(32).readonly().default([]),
  reason,
});
const PartyKey = z.strictObject({ key: digest, trusted: z.boolean(), reason });
const DockTerms = z.strictObject({
  by: z.enum(['giver', 'taker']),
  handOver: HandOver,
  document: z.string().meta({ description: 'The very bytes that are signed, as text' }),
});
const DockSignature = z.strictObject(keyed);
const DockException = z.strictObject({ code: word, note });

export const HAND_OVER_SCHEMAS = {
  HandOver,
  HandOvers,
  HandOverOrder,
  HandOverBegun,
  HandSignature,
  HandException,
  PartyKey,
  DockTerms,
  DockSignature,
  DockException,
} as const;
