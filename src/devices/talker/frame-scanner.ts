import type { DeviceErrorCode } from '../../domain/errors.ts';

/** What stands at one place in the bytes heard. */
export type Candidate<T> =
  | { readonly kind: 'frame'; readonly value: T; readonly length: number }
  /** It begins like a frame and is none. */
  | { readonly kind: 'bad'; readonly code: DeviceErrorCode; readonly detail: string }
  /** Only more bytes can tell. */
  | { readonly kind: 'more' }
  | { readonly kind: 'none' };

export type FrameFormat<T> = {
  /** Length of the longest frame in bytes: so many always suffice to tell. */
  readonly longest: number;
  /** So many bytes in which no frame begins are one that was not understood; `longest` when left out. */
  readonly usual?: number;
  /** Judges what begins at `from`, which is inside `bytes`. */
  readonly judge: (bytes: Uint8Array, from: number) => Candidate<T>;
};

export type Heard<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: DeviceErrorCode; readonly detail: string };

/**
 * Finds the frames of a device that speaks by itself, whatever the chunks. After a bad frame one byte
 * is dropped, so a good frame that begins inside it is not lost. Never keeps more than one frame.
 */
export class FrameScanner<T> {
  readonly #format: FrameFormat<T>;
  #rest: Uint8Array = new Uint8Array();
  /** Bytes since the last frame, good or bad, in which none began. */
  #strange = 0;

  constructor(format: FrameFormat<T>) {
    this.#format = format;
  }

  /** Bytes kept for later. */
  get kept(): number {
    return this.#rest.length;
  }

  /** The line is a new one: half a frame of the old has no other half. */
  forget(): void {
    this.#rest = new Uint8Array();
    this.#strange = 0;
  }

  push(chunk: Uint8Array): Heard<T>[] {
    const bytes = joined(this.#rest, chunk);
    const heard: Heard<T>[] = [];
    let at = 0;
    while (at < bytes.length) {
      const found = this.#judge(bytes, at);
      if (found.kind === 'more') break;
      at += found.kind === 'frame' ? found.length : 1;
      if (found.kind === 'none') this.#noise(heard);
      else {
        this.#strange = 0;
        if (found.kind === 'frame') heard.push({ ok: true, value: found.value });
        else heard.push({ ok: false, code: found.code, detail: found.detail });
      }
    }
    this.#rest = bytes.slice(at);
    return heard;
  }

  #judge(bytes: Uint8Array, at: number): Candidate<T> {
    const found = this.#format.judge(bytes, at);
    const { longest } = this.#format;
    if (found.kind !== 'more' || bytes.length - at < longest) return found;
    return { kind: 'bad', code: 'MALFORMED', detail: `a frame without an end within ${longest} bytes` };
  }

  /** A wrong baud rate has no headers, and would be silent without this. */
  #noise(heard: Heard<T>[]): void {
    this.#strange++;
    if (this.#strange < (this.#format.usual ?? this.#format.longest)) return;
    heard.push({ ok: false, code: 'MALFORMED', detail: `${this.#strange} bytes in which no frame begins` });
    this.#strange = 0;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** Whether `bytes` has `pattern` at `from`; `short` when it ends before that can be told. */
export function startsWith(
  bytes: Uint8Array,
  from: number,
  pattern: readonly number[],
): 'yes' | 'no' | 'short' {
  const length = Math.min(pattern.length, bytes.length - from);
  for (let i = 0; i < length; i++) if (bytes[from + i] !== pattern[i]) return 'no';
  return length === pattern.length ? 'yes' : 'short';
}
