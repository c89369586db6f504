import { AnchorError } from '../../domain/errors.ts';
import { fromUtf8, utf8 } from '../../evidence/encodings.ts';
import type { NoteKey } from '../../evidence/note-key.ts';
import { isLineOf, parseNote, parseNoteLine, verifyLine } from '../../evidence/note.ts';
import type { Primitives } from '../../evidence/primitives.ts';
import type { AnchorRequest, Cosigned, Refusal, Witness } from '../port.ts';
import { ADD_CHECKPOINT, formatRequest, HEADS, parseSize, SIZE_TYPE } from './exchange.ts';

export type HttpWitnessParts = Pick<Primitives, 'sha256' | 'verifyEd25519'> & {
  /** Its submission prefix. */
  readonly url: string;
  /** Of type 04: what it says is taken under this key alone. */
  readonly key: NoteKey;
  readonly timeoutMs: number;
};

/** An answer is a few lines: what is longer is none. */
const MAX_ANSWER_BYTES = 16_384;

const REFUSALS: ReadonlyMap<number, Exclude<Refusal['code'], 'STALE_HEAD'>> = new Map([
  [400, 'INVALID'],
  [413, 'INVALID'],
  [403, 'BAD_SIGNATURE'],
  [404, 'NOT_PERMITTED'],
  [422, 'INCONSISTENT'],
]);

/** A witness that speaks C2SP tlog-witness over HTTP. */
export function httpWitness(parts: HttpWitnessParts): Witness {
  const url = new URL(ADD_CHECKPOINT, parts.url.endsWith('/') ? parts.url : `${parts.url}/`);
  return async (ask, signal) => {
    const { status, type, text } = await call(url, parts, formatRequest(ask), signal);
    if (status === 200) return { kind: 'signed', line: lineIn(text, ask, parts) };
    if (status === 409) {
      const size = type.split(';')[0]?.trim() === SIZE_TYPE ? parseSize(text.replace(/\n$/, '')) : null;
      if (size === null) throw unreachable(parts, 'answers 409 without the size it knows');
      return refused({ code: 'STALE_HEAD', size, root: null });
    }
    const code = REFUSALS.get(status);
    if (code === undefined) throw unreachable(parts, `answers ${status}`);
    return refused({ code });
  };
}

function refused(why: Refusal): Cosigned {
  return { kind: 'refused', why };
}

function unreachable({ key }: HttpWitnessParts, why: string, cause?: unknown): AnchorError {
  return new AnchorError('UNREACHABLE', `witness ${key.name} ${why}`, { cause });
}

async function call(
  url: URL,
  parts: HttpWitnessParts,
  body: string | null,
  signal: AbortSignal,
): Promise<{ status: number; type: string; text: string }> {
  const patience = AbortSignal.timeout(parts.timeoutMs);
  try {
    const response = await fetch(url, {
      ...(body === null
        ? { method: 'GET' }
        : { method: 'POST', body, headers: { 'content-type': 'text/plain; charset=utf-8' } }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, patience]),
    });
    const text = await textOf(response);
    if (text === null)
      throw unreachable(parts, `answers with more than ${MAX_ANSWER_BYTES} bytes, or no text`);
    return { status: response.status, type: response.headers.get('content-type') ?? '', text };
  } catch (error) {
    if (error instanceof AnchorError) throw error;
    if (patience.aborted) throw unreachable(parts, `does not answer within ${parts.timeoutMs} ms`, error);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw unreachable(parts, `is not reached: ${why}`, error);
  }
}

async function textOf(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) return null;
    chunks.push(chunk);
  }
  return fromUtf8(Buffer.concat(chunks));
}

/** The line of its key over what was asked; lines of other keys are ignored. */
function lineIn(text: string, { note }: AnchorRequest, parts: HttpWitnessParts): string {
  const parsed = parseNote(utf8(note));
  if (!parsed.ok) throw new TypeError(parsed.why);
  for (const written of text.split('\n')) {
    const line = parseNoteLine(written);
    if (line === null || !isLineOf(line, parts.key)) continue;
    if (verifyLine(parsed.note.text, line, parts.key, parts) !== null) return `${written}\n`;
  }
  throw new AnchorError('REJECTED', `witness ${parts.key.name} answers without a good signature of its key`);
}

/** The head of a log that a witness shows, as its log signed it; null from one that shows none or is not reached. */
export function shownHead(
  parts: HttpWitnessParts,
  origin: string,
): (signal: AbortSignal) => Promise<string | null> {
  const url = new URL(`${HEADS}/${origin}`, parts.url.endsWith('/') ? parts.url : `${parts.url}/`);
  return async (signal) => {
    try {
      const { status, text } = await call(url, parts, null, signal);
      return status === 200 ? text : null;
    } catch (error) {
      if (error instanceof AnchorError) return null;
      throw error;
    }
  };
}
