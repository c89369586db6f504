import type { FastifyRequest } from 'fastify';
import { HttpProblem } from './problem.ts';

/** The largest instant a date can be made of, ms. */
const LAST_INSTANT = 8.64e15;

/** A parameter of the path; empty when the path has none of this name. */
export function pathParameter(request: FastifyRequest, name: string): string {
  return textOf(request.params, name) ?? '';
}

/** A parameter of the query; one that is given twice counts by neither. */
export function queryParameter(request: FastifyRequest, name: string): string | null {
  return textOf(request.query, name);
}

/** The path asked for, without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '';
}

/** @throws HttpProblem for a parameter of the query that the route does not have */
export function refuseUnknown(request: FastifyRequest, known: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(request.query ?? {}).find((key) => !(key in known));
  if (unknown !== undefined) throw invalid(`there is no parameter "${unknown.slice(0, 50)}"`);
}

/** `2026-11-03T08:00:00Z`, with any offset but never without one, or ms since 1970. @throws HttpProblem */
export function readInstant(name: string, text: string | null): number | null {
  if (text === null) return null;
  const isIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = /^\d{1,16}$/.test(text) ? Number(text) : Date.parse(isIso ? text : '');
  if (Number.isSafeInteger(ms) && ms >= 0 && ms <= LAST_INSTANT) return ms;
  throw invalid(`${name}="${text.slice(0, 50)}" must be ISO 8601 with an offset, or ms since 1970`);
}

/** A number from `least` to `most`. @throws HttpProblem */
export function readWhole(
  request: FastifyRequest,
  name: string,
  least: number,
  most: number,
  usual: number,
): number {
  const text = queryParameter(request, name);
  if (text === null) return usual;
  const n = /^\d{1,16}$/.test(text) ? Number(text) : -1;
  if (n >= least && n <= most) return n;
  throw invalid(`${name}="${text.slice(0, 20)}" must be ${least} to ${most}`);
}

/** [from, to) of the query; `to` is now and `from` so much before it when left out. @throws HttpProblem */
export function readWindow(
  request: FastifyRequest,
  now: number,
  usualMs: number,
): { readonly from: number; readonly to: number } {
  const to = readInstant('to', queryParameter(request, 'to')) ?? now;
  const from = readInstant('from', queryParameter(request, 'from')) ?? Math.max(0, to - usualMs);
  if (from >= to) throw invalid(`from (${from}) must be before to (${to})`);
  return { from, to };
}

function textOf(from: unknown, name: string): string | null {
  if (typeof from !== 'object' || from === null) return null;
  const value: unknown = Reflect.get(from, name);
  if (value === undefined) return null;
  return typeof value === 'string' ? value : '';
}

function invalid(message: string): HttpProblem {
  return new HttpProblem(400, 'INVALID', message);
}
