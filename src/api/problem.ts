import { Refused, type RefusedCode } from '../domain/errors.ts';
import type { Problem } from './types.ts';

/** Why a call is not served, as HTTP says it. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const REFUSED_STATUS: Readonly<Record<RefusedCode, number>> = {
  NOT_FOUND: 404,
  NOT_ALLOWED: 403,
  CONFLICT: 409,
  INVALID: 400,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Not this host',
  429: 'Too many requests',
  431: 'Headers too large',
  503: 'Not available',
};

/** Of what fastify itself refuses. */
const CODES: Readonly<Record<number, string>> = { 413: 'TOO_LARGE', 415: 'WRONG_MEDIA_TYPE' };

/** The answer to an error that is one; null for a bug, which is told as 500 without detail. */
export function problemOf(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  if (error instanceof Refused) return new HttpProblem(REFUSED_STATUS[error.code], error.code, error.message);
  if (!(error instanceof Error) || !('statusCode' in error)) return null;
  const { statusCode, message } = error;
  if (typeof statusCode !== 'number' || statusCode >= 500) return null;
  return new HttpProblem(statusCode, CODES[statusCode] ?? 'INVALID', message);
}

/** RFC 9457. */
export function problemBody({ status, code, message }: HttpProblem): Problem {
  return { type: 'about:blank', title: TITLES[status] ?? 'Failed', status, code, detail: message };
}

export const BUG = new HttpProblem(500, 'BUG', 'Something went wrong inside; it was logged.');
