import type { NoteKey } from './note-key.ts';
import type { Sha256 } from './primitives.ts';
import { parseStrictJson } from '../domain/strict-json.ts';
import { parseOrigin } from './checkpoint.ts';
import { toHex } from './encodings.ts';
import { JsonFault, JsonField } from './json-fields.ts';
import { formatNoteKey, parseNoteKey } from './note-key.ts';

/**
 * A log key and the log sizes (from, to] for which it signs; `to` null while it is in use. Ed25519,
 * or SM2: then heads of these sizes must bear its line as well.
 */
export type PolicyKey = { readonly key: NoteKey; readonly from: number; readonly to: number | null };
export type PolicyWitness = { readonly key: NoteKey; readonly owner: string };

/** What a verifier trusts and asks of one log (evidence section 15). Times in ms; null limits nothing. */
export type OriginPolicy = {
  readonly keys: readonly PolicyKey[];
  /** Heads above this size are void. */
  readonly revokedFrom: number | null;
  /** Time before which this log says nothing. */
  readonly since: number;
  /** Cosignatures of this many distinct owners anchor a head; 0 asks for none. */
  readonly k: number;
  readonly witnesses: readonly PolicyWitness[];
  /** H(CBOR(D)) of enrolled streams in hex, or any. */
  readonly descriptors: 'any' | ReadonlySet<string>;
  readonly maxErrMs: number | null;
  readonly skewMs: number;
  readonly maxDelayMs: number | null;
  readonly maxLeadMs: number | null;
  readonly acceptSummary: boolean;
};

export type Policy = ReadonlyMap<string, OriginPolicy>;
export type ParsedPolicy =
  { readonly ok: true; readonly policy: Policy } | { readonly ok: false; readonly why: string };

const FORMAT = 'bailee/policy/v1';
const POLICY_MAX_BYTES = 1024 * 1024;

/** Reads a policy file; `why` is one sentence that names the field. */
export function parsePolicy(bytes: Uint8Array, sha256: Sha256): ParsedPolicy {
  const json = parseStrictJson(bytes, POLICY_MAX_BYTES);
  if (!json.ok) return { ok: false, why: `not JSON of one meaning: ${json.reason}` };
  try {
    const f = new JsonField(json.value, '').fields('format', 'origins');
    f('format').is(FORMAT);
    const origins = f('origins');
    const read = origins
      .entries()
      .map(([origin, field]) => [origin, originPolicy(origin, field, sha256)] as const);
    if (read.length === 0) origins.fail('must name an origin');
    return { ok: true, policy: new Map(read) };
  } catch (error) {
    if (error instanceof JsonFault) return { ok: false, why: error.message };
    throw error;
  }
}

function originPolicy(origin: string, field: JsonField, sha256: Sha256): OriginPolicy {
  if (parseOrigin(origin) === null)
    field.fail('has no origin of the form <domain>/gw/<16 hex digits>/<epoch> as its name');
  const f = field.fields(
    'keys',
    'revokedFrom',
    'since',
    'k',
    'witnesses',
    'descriptors',
    'maxErrMs',
    'skewMs',
    'maxDelayMs',
    'maxLeadMs',
    'acceptSummary',
  );
  const keys = f('keys')
    .list(64)
    .map((item) => policyKey(origin, item, sha256));
  if (!keys.some((k) => k.key.kind === 'ed25519')) f('keys').fail('must name an Ed25519 key');
  const witnesses = f('witnesses')
    .list(64)
    .map((item) => policyWitness(item, sha256));
  const publicKeys = new Set(witnesses.map((w) => toHex(w.key.publicKey)));
  if (publicKeys.size < witnesses.length) f('witnesses').fail('must name each key once');
  return {
    keys,
    revokedFrom: f('revokedFrom').integerOrNull(0),
    since: f('since').integer(0),
    k: f('k').integer(0, ownersOf(witnesses)),
    witnesses,
    descriptors: descriptors(f('descriptors')),
    maxErrMs: f('maxErrMs').integerOrNull(0),
    skewMs: f('skewMs').integer(0),
    maxDelayMs: f('maxDelayMs').integerOrNull(0),
    maxLeadMs: f('maxLeadMs').integerOrNull(0),
    acceptSummary: f('acceptSummary').boolean(),
  };
}

function policyKey(origin: string, field: JsonField, sha256: Sha256): PolicyKey {
  const f = field.fields('key', 'from', 'to');
  const key = noteKeyAt(f('key'), ['ed25519', 'sm2'], sha256);
  if (key.name !== origin) f('key').fail('must bear the name of its origin');
  const from = f('from').integer(0);
  return { key, from, to: f('to').integerOrNull(from + 1) };
}

function policyWitness(field: JsonField, sha256: Sha256): PolicyWitness {
  const f = field.fields('vkey', 'owner');
  const owner = f('owner').text();
  if (owner === '') f('owner').fail('must not be empty');
  return { key: noteKeyAt(f('vkey'), ['cosignature'], sha256), owner };
}

function noteKeyAt(field: JsonField, kinds: readonly NoteKey['kind'][], sha256: Sha256): NoteKey {
  const parsed = parseNoteKey(sha256, field.text());
  if (!parsed.ok) return field.fail(parsed.why);
  return kinds.includes(parsed.key.kind)
    ? parsed.key
    : field.fail(`is a key of type ${parsed.key.kind}, not ${kinds.join(' or ')}`);
}

/** Whether a key signs heads of this size. */
export function isInForce({ from, to }: PolicyKey, size: number): boolean {
  return size > from && (to === null || size <= to);
}

function descriptors(field: JsonField): OriginPolicy['descriptors'] {
  if (field.isText()) {
    field.is('any');
    return 'any';
  }
  return new Set(
    field.list(65_536).map((item) => {
      const text = item.text();
      return /^[0-9a-f]{64}$/.test(text) ? text : item.fail('must be 64 lower-case hex digits');
    }),
  );
}

/** n of "k of n": how many distinct owners the witnesses have. */
export function ownersOf(witnesses: readonly PolicyWitness[]): number {
  return new Set(witnesses.map((w) => w.owner)).size;
}

/**
 * A policy to start from: this key from the first entry on, a clock within 1 s, and, where witnesses
 * give time at all, cosigned within 30 minutes and sealed within an hour of a time that they named before.
 * Without that last bound a bundle that leaves heads out could hide a clock that is ahead (decision 21);
 * with it nothing is answered yes about the first block of a log, which nothing can date from before.
 */
export function startingPolicy(
  origin: string,
  key: NoteKey,
  k: number,
  witnesses: readonly PolicyWitness[],
): Policy {
  const rules: OriginPolicy = {
    keys: [{ key, from: 0, to: null }],
    revokedFrom: null,
    since: 0,
    k,
    witnesses,
    descriptors: 'any',
    maxErrMs: 1000,
    skewMs: 5000,
    maxDelayMs: k === 0 ? null : 1_800_000,
    maxLeadMs: k === 0 ? null : 3_600_000,
    acceptSummary: false,
  };
  return new Map([[origin, rules]]);
}

/** The policy file, as `parsePolicy` reads it. */
export function formatPolicy(policy: Policy): string {
  const origins = Object.fromEntries(
    [...policy].map(([origin, p]) => [
      origin,
      {
        ...p,
        keys: p.keys.map((k) => ({ key: formatNoteKey(k.key), from: k.from, to: k.to })),
        witnesses: p.witnesses.map((w) => ({ vkey: formatNoteKey(w.key), owner: w.owner })),
        descriptors: p.descriptors === 'any' ? 'any' : [...p.descriptors],
      },
    ]),
  );
  return `${JSON.stringify({ format: FORMAT, origins }, null, 2)}\n`;
}
