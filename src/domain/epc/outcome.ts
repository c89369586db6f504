/** A value, or why there is none: what is wrong and what would be right, one sentence. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refused(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why };
}
