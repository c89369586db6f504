import type { Sha256 } from './primitives.ts';
import { bytesEqual, concatBytes, fromBase64, fromHex, toBase64, toHex, utf8 } from './encodings.ts';
import { isSm2Key } from './sm2.ts';

/** What a note's line is: a log's Ed25519 (type 01), a cosignature (04), a ledger or SM2 line (ff). */
export type NoteKeyKind = 'ed25519' | 'cosignature' | 'ledger' | 'sm2';

/** A C2SP signed-note verifier key: name and id together say whose line it is. */
export type NoteKey = {
  readonly name: string;
  /** SHA-256(name ‖ 0A ‖ type ‖ key)[0..4]. */
  readonly id: Uint8Array;
  readonly kind: NoteKeyKind;
  /** Ed25519 32 bytes; ledger and SM2 65 bytes, an uncompressed point of secp256k1 or of the SM2 curve. */
  readonly publicKey: Uint8Array;
};

export type ParsedNoteKey =
  { readonly ok: true; readonly key: NoteKey } | { readonly ok: false; readonly why: string };

const PREFIX: Readonly<Record<NoteKeyKind, Uint8Array>> = {
  ed25519: Uint8Array.of(0x01),
  cosignature: Uint8Array.of(0x04),
  ledger: concatBytes(Uint8Array.of(0xff), utf8('bailee/secp256k1/v1')),
  sm2: concatBytes(Uint8Array.of(0xff), utf8('bailee/sm2-sm3/v1')),
};

const KEY_BYTES: Readonly<Record<NoteKeyKind, number>> = {
  ed25519: 32,
  cosignature: 32,
  ledger: 65,
  sm2: 65,
};

/** A key name is not empty and has neither Unicode spaces nor `+` (C2SP signed-note). */
export function isNoteName(name: string): boolean {
  return name !== '' && !/[\s+\p{Cc}]/u.test(name) && name.isWellFormed();
}

/** @throws RangeError when name or length is none of a note key; both come from configuration. */
export function noteKey(sha256: Sha256, name: string, kind: NoteKeyKind, publicKey: Uint8Array): NoteKey {
  if (!isNoteName(name)) throw new RangeError(`not a key name: ${JSON.stringify(name)}`);
  if (publicKey.length !== KEY_BYTES[kind]) throw new RangeError(`${kind} key of ${publicKey.length} bytes`);
  const hashed = concatBytes(utf8(`${name}\n`), PREFIX[kind], publicKey);
  return { name, id: sha256(hashed).slice(0, 4), kind, publicKey };
}

/** `name+keyid+base64`, as a verifier enrols it. */
export function formatNoteKey(key: NoteKey): string {
  return `${key.name}+${toHex(key.id)}+${toBase64(concatBytes(PREFIX[key.kind], key.publicKey))}`;
}

/** Reads a verifier key; a key that would accept signatures nobody made is refused here. */
export function parseNoteKey(sha256: Sha256, text: string): ParsedNoteKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  if (match === null) return { ok: false, why: 'is not of the form <name>+<8 hex digits>+<base64>' };
  const [, name = '', id = '', encoded = ''] = match;
  if (!isNoteName(name)) return { ok: false, why: `has a key name with a space: ${JSON.stringify(name)}` };
  const bytes = fromBase64(encoded);
  if (bytes === null) return { ok: false, why: 'does not end in standard base64' };
  const kind = kindOf(bytes);
  if (kind === null) return { ok: false, why: `has the unknown key type ${bytes[0] ?? 'none'}` };
  const publicKey = bytes.slice(PREFIX[kind].length);
  if (publicKey.length !== KEY_BYTES[kind])
    return { ok: false, why: `has a key of ${publicKey.length} bytes instead of ${KEY_BYTES[kind]}` };
  if (publicKey.length === 32 && isWeakEd25519(publicKey))
    return { ok: false, why: 'is a small-order or non-canonical Ed25519 key, which anyone can sign for' };
  if (kind === 'sm2' && !isSm2Key(publicKey)) return { ok: false, why: 'is no point of the SM2 curve' };
  const key = noteKey(sha256, name, kind, publicKey);
  if (!bytesEqual(key.id, fromHex(id) ?? new Uint8Array()))
    return { ok: false, why: `has key id ${id}, but its key gives ${toHex(key.id)}` };
  return { ok: true, key };
}

function kindOf(bytes: Uint8Array): NoteKeyKind | null {
  for (const kind of ['ed25519', 'cosignature', 'ledger', 'sm2'] as const)
    if (bytesEqual(bytes.subarray(0, PREFIX[kind].length), PREFIX[kind])) return kind;
  return null;
}

/** The y coordinates of the eight points of small order, little endian, beside 0, 1 and p - 1. */
const SMALL_ORDER_Y = [
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

/**
 * True for the eight points of small order (any signature can be made for them without a secret)
 * and for every encoding with y ≥ p, whatever the sign bit.
 */
export function isWeakEd25519(publicKey: Uint8Array): boolean {
  const y = publicKey.slice();
  y[31] = (y[31] ?? 0) & 0x7f;
  const aboveP = (y[0] ?? 0) >= 0xed && y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff);
  return aboveP || SMALL_ORDER_Y.includes(toHex(y));
}
