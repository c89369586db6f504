/** The closed list of names in a bundle (evidence section 14). */
export const BUNDLE_JSON = 'bundle.json';
export const CHECKPOINT = 'checkpoint';
export const LOG = 'log.cbor';
export const BUNDLE_FORMAT = 'bailee/bundle/v1';
export const MAX_HEADS = 1000;

export type StreamPart = 'descriptors' | 'segments' | 'full' | 'some';

export function headFile(size: number): string {
  return `heads/${size}`;
}

export function streamFile(slot: number, part: StreamPart): string {
  return `streams/${slot}/${part}.cbor`;
}

/** `folder` is rules or files; `sha256` the hex of the content's hash. */
export function contentFile(folder: 'rules' | 'files', sha256: string): string {
  return `${folder}/${sha256}`;
}

export function ledgerFile(size: number): string {
  return `ledger/${size}.json`;
}

export type BundleFile =
  | { readonly kind: 'bundle' | 'checkpoint' | 'log' }
  | { readonly kind: 'head' | 'ledger'; readonly size: number }
  | { readonly kind: 'stream'; readonly slot: number; readonly part: StreamPart }
  | { readonly kind: 'content'; readonly sha256: string };

/** What the file of this name holds; null for a name that no bundle has. */
export function bundleFileOf(name: string): BundleFile | null {
  if (name === BUNDLE_JSON) return { kind: 'bundle' };
  if (name === CHECKPOINT) return { kind: 'checkpoint' };
  if (name === LOG) return { kind: 'log' };
  const [, head] = /^heads\/(0|[1-9]\d{0,15})$/.exec(name) ?? [];
  if (head !== undefined) return sized('head', head);
  const [, ledger] = /^ledger\/(0|[1-9]\d{0,15})\.json$/.exec(name) ?? [];
  if (ledger !== undefined) return sized('ledger', ledger);
  const [, sha256] = /^(?:rules|files)\/([0-9a-f]{64})$/.exec(name) ?? [];
  if (sha256 !== undefined) return { kind: 'content', sha256 };
  const [, slot, part] = /^streams\/(0|[1-9]\d{0,3})\/([a-z]+)\.cbor$/.exec(name) ?? [];
  if (slot === undefined || part === undefined || Number(slot) > 1023 || !isPart(part)) return null;
  return { kind: 'stream', slot: Number(slot), part };
}

function sized(kind: 'head' | 'ledger', digits: string): BundleFile | null {
  return Number.isSafeInteger(Number(digits)) ? { kind, size: Number(digits) } : null;
}

function isPart(part: string): part is StreamPart {
  return part === 'descriptors' || part === 'segments' || part === 'full' || part === 'some';
}
