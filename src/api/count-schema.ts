import * as z from 'zod';
import { count, instant, list } from './schema-parts.ts';

/** Schemas of challenges to count now, and of their signed replies. */

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const order = {
  challengeId: z
    .string()
    .regex(/^[!-~]{1,64}$/)
    .meta({ description: 'Unique for the receipt: the same one twice is one execution' }),
  nonce: z
    .string()
    .regex(/^([0-9a-f]{2}){16,64}$/)
    .meta({ description: 'At least 128 bits, small hexadecimal digits' }),
  kind: z.enum(['rfid-count', 'snapshot', 'weigh']),
  deadline: instant,
};
const amount = z.strictObject({ value: count, exp: z.int(), unit: z.string() });
const CountReply = z.strictObject({
  kind: z.literal('count'),
  challenge: z.string(),
  nonce: z.string(),
  receipt: z.string().nullable(),
  zone: z.string(),
  what: z.enum(['rfid-count', 'snapshot', 'weigh', 'manual']),
  startedAt: instant,
  finishedAt: instant,
  result: z.enum(['complete', 'incomplete', 'refused']),
  reason: z.string(),
  expected: count,
  seen: count,
  missing: count,
  unexpected: count,
  epcSetHash: hash.nullable(),
  readers: list(z.strictObject({ stream: z.string(), healthy: z.boolean(), rounds: count })),
  snapshots: list(z.strictObject({ sha256: hash, at: instant, camera: z.string() })),
  weights: list(z.strictObject({ stream: z.string(), amount, stable: z.boolean() })),
});
export const CountOrder = z.strictObject(order);
export const Count = z.strictObject({
  ...order,
  receipt: z.string(),
  state: z.enum(['running', 'done']),
  receivedAt: instant,
  by: z.string(),
  reply: CountReply.nullable(),
  document: hash.nullable().meta({ description: 'SHA-256 of the reply as it is on record' }),
  statement: z
    .strictObject({ format: z.literal('bailee/statement/v1'), document: z.string(), note: z.string() })
    .nullable()
    .meta({ description: 'Signed by the log’s key; `bailee receipts verify` checks it' }),
  lists: z.strictObject({ salt: hash, missing: list(z.string()), unexpected: list(z.string()) }).nullable(),
});
export const Counts = list(Count);
