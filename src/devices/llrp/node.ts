/**
 * A message or parameter as a tree, named as in the published definitions. Enumerations are numbers,
 * u64 are bigint, u96 and bytes are hex, single bits are booleans, bit arrays are `{ bits, hex }`.
 */
export type LlrpNode = {
  readonly name: string;
  readonly fields?: Readonly<Record<string, FieldValue>>;
  readonly params?: readonly LlrpNode[];
};

export type BitArray = { readonly bits: number; readonly hex: string };
export type FieldValue = number | bigint | boolean | string | BitArray | readonly number[];

/** Header and body. `version` is 1 for LLRP 1.0.1 and 2 for 1.1; `id` pairs a reply with its request. */
export type LlrpMessage = { readonly version: LlrpVersion; readonly id: number; readonly body: LlrpNode };

export type LlrpVersion = 1 | 2;

/** Why bytes are no LLRP; the detail says where, with the value found. */
export type MalformedCode =
  | 'incomplete'
  | 'length'
  | 'version'
  | 'unknown-message'
  | 'unknown-tv'
  | 'unknown-parameter'
  | 'tlv-length'
  | 'cut-short'
  | 'trailing'
  | 'misplaced'
  | 'missing'
  | 'text';

export class Malformed extends Error {
  override readonly name = 'Malformed';
  readonly code: MalformedCode;
  constructor(code: MalformedCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: MalformedCode; readonly detail: string };

/** What `read` gives, or why it could not. */
export function attempt<T>(read: () => T): Decoded<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { ok: false, code: error.code, detail: error.message };
  }
}
