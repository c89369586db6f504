/** Checkpoints: C2SP tlog-checkpoint v1.0.0 and the profile of evidence section 4.5. */
import type { Sha256 } from './primitives.ts';
import { fromBase64, toBase64, utf8 } from './encodings.ts';

/** A checkpoint of any C2SP log. */
export type AnyCheckpoint = {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly extensions: readonly string[];
};

/** A checkpoint of a gateway's log: no extension lines, a size that is a safe integer. */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

/** `<consortium domain>/gw/<gw hex>/<epoch>`. */
export type Origin = { readonly domain: string; readonly gw: string; readonly epoch: number };

/** The signed text of a head; `root` is MTH over the log's leaf hashes, 32 bytes. */
export function checkpointText(origin: string, size: number, root: Uint8Array): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

export function parseAnyCheckpoint(text: string): AnyCheckpoint | null {
  const lines = text.split('\n');
  const [origin = '', size = '', encoded = ''] = lines;
  const extensions = lines.slice(3, -1);
  const root = fromBase64(encoded);
  if (lines.length < 4 || lines.at(-1) !== '' || origin === '' || extensions.includes('')) return null;
  if (!/^(0|[1-9]\d{0,19})$/.test(size) || root === null || root.length !== 32) return null;
  return { origin, size: BigInt(size), root, extensions };
}

/** Reads the text of a gateway's checkpoint; null when it is anything else. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const any = parseAnyCheckpoint(text);
  if (any === null || any.extensions.length > 0 || parseOrigin(any.origin) === null) return null;
  if (any.size > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return { origin: any.origin, size: Number(any.size), root: any.root };
}

/** The parts of an origin of at most 96 bytes of `[a-z0-9./-]`, epoch ≤ 65,535; null for another form. */
export function parseOrigin(origin: string): Origin | null {
  const match = /^([a-z0-9.-]+)\/gw\/([0-9a-f]{16})\/(0|[1-9]\d{0,4})$/.exec(origin);
  const epoch = Number(match?.[3]);
  if (match === null || origin.length > 96 || epoch > 65_535) return null;
  return { domain: match[1] ?? '', gw: match[2] ?? '', epoch };
}

/** How a ledger names a log: H(origin). */
export function logId(sha256: Sha256, origin: string): Uint8Array {
  return sha256(utf8(origin));
}
