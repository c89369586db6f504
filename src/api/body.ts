import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { isJsonObject, JsonNumber, parseStrictJson, type Json } from '../domain/strict-json.ts';
import { HttpProblem } from './problem.ts';

/** Largest body of any request, bytes. */
export const LARGEST_BODY = 1024 * 1024;

/** The JSON of a request; text that can be read in two ways is refused, as is anything nested deeper than 32. */
export function parseBody(_request: FastifyRequest, bytes: Buffer): Promise<unknown> {
  const parsed = parseStrictJson(bytes, LARGEST_BODY);
  if (!parsed.ok) return Promise.reject(new HttpProblem(400, 'INVALID', `not valid JSON: ${parsed.reason}`));
  return Promise.resolve(plain(parsed.value));
}

function plain(value: Json): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof JsonNumber) return Number(value.text);
  if (isJsonObject(value)) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  return value.map(plain);
}

/** The value as its schema has it. @throws HttpProblem 400 naming every part that is wrong */
export function checked<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((i) => `${i.path.join('.') || 'the body'}: ${i.message}`);
  throw new HttpProblem(400, 'INVALID', wrong.join('; ').slice(0, 500));
}
