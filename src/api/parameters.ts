import type { FastifyRequest } from 'fastify';

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

function textOf(from: unknown, name: string): string | null {
  if (typeof from !== 'object' || from === null) return null;
  const value: unknown = Reflect.get(from, name);
  if (value === undefined) return null;
  return typeof value === 'string' ? value : '';
}
