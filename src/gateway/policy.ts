import { openArchive } from '../buffer/archive.ts';
import { formatPolicy, parsePolicy, startingPolicy, type OriginPolicy } from '../evidence/policy.ts';
import { identityOf } from './identity.ts';
import { keysOf, policyKeysOf } from './key-list.ts';
import { sha256 } from './primitives.ts';
import { sm2KeysOf } from './sm2-line.ts';
import { keptWitnesses } from './witness-list.ts';

/** A value, or one sentence that says why it cannot be had. */
export type Had<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** A log and the policy it is read under. */
export type LogPolicy = { readonly origin: string; readonly policy: OriginPolicy };

/**
 * Under which keys a data directory is read: those of a verifier's policy file where one is given,
 * else the public keys that the journal keeps.
 * @throws StorageError CORRUPT for a kept key that is none
 */
export function logPolicy(
  directory: string,
  archive: { meta(key: string): string | null },
  policyFile: Uint8Array | null,
): Had<LogPolicy> {
  const origin = identityOf(archive)?.origin;
  if (origin === undefined) return { ok: false, why: `${directory} holds the log of no gateway yet` };
  if (policyFile !== null) {
    const parsed = parsePolicy(policyFile, sha256);
    if (!parsed.ok) return { ok: false, why: `the policy file ${parsed.why}` };
    const policy = parsed.policy.get(origin);
    if (policy === undefined) return { ok: false, why: `the policy file does not name ${origin}` };
    return { ok: true, value: { origin, policy } };
  }
  const keys = policyKeysOf(keysOf(archive));
  const [first] = keys;
  if (first === undefined) return { ok: false, why: `${directory} holds the log of no gateway yet` };
  const { quorum, witnesses } = keptWitnesses(archive);
  const policy = startingPolicy(origin, first.key, quorum, witnesses).get(origin);
  if (policy === undefined) throw new Error(`the starting policy leaves out ${origin}`);
  return { ok: true, value: { origin, policy: { ...policy, keys: [...keys, ...sm2KeysOf(archive)] } } };
}

/**
 * The policy file a verifier of this gateway starts from, with the witnesses that its configuration
 * named at its last start. Without any its k is 0: no independent time of any head is proven (limit L7).
 * @throws StorageError
 */
export function policyFileOf(directory: string): Had<string> {
  using archive = openArchive(directory);
  const found = logPolicy(directory, archive, null);
  if (!found.ok) return found;
  const { origin, policy } = found.value;
  return { ok: true, value: formatPolicy(new Map([[origin, policy]])) };
}
