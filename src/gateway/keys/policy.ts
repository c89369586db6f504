import { openArchive } from '../../buffer/archive.ts';
import { epochsOf } from '../../buffer/epochs.ts';
import { SystemCode } from '../../domain/record.ts';
import { formatPolicy, parsePolicy, startingPolicy, type OriginPolicy } from '../../evidence/policy.ts';
import { continuedBy, type Continued } from './epoch-end.ts';
import { epochOf, identityOf } from './identity.ts';
import { keysOf, policyKeysOf } from './key-list.ts';
import { sha256 } from '../site/primitives.ts';
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
  const own = { ...policy, keys: [...keys, ...sm2KeysOf(archive)], since: continuedBy(archive)?.since ?? 0 };
  return { ok: true, value: { origin, policy: ended(own, endOf(directory, epochOf(origin))) } };
}

/** What the epoch after this one says of its end; null while this one is the newest. */
function endOf(directory: string, epoch: number): Continued | null {
  const next = epochsOf(directory).find((e) => e > epoch);
  if (next === undefined) return null;
  using archive = openArchive(directory, next);
  return continuedBy(archive);
}

/** An epoch that another one follows says nothing above its end: else one hour is told in two epochs. */
function ended(policy: OriginPolicy, end: Continued | null): OriginPolicy {
  if (end === null) return policy;
  const { size } = end;
  const keys = policy.keys.flatMap((key) => {
    if (key.to !== null) return [key];
    return size > key.from ? [{ ...key, to: size }] : [];
  });
  // Voided by somebody, or with no key left that an interval could end.
  if (end.code === SystemCode.epochContinues || keys.length < policy.keys.length)
    return { ...policy, revokedFrom: size };
  return { ...policy, keys };
}

/**
 * The policy file a verifier of this gateway starts from, with every epoch that the data directory
 * holds, its keys and its end, and with the witnesses that the configuration named at its last start.
 * Without any its k is 0: no independent time of any head is proven (limit L7).
 * @throws StorageError
 */
export function policyFileOf(directory: string): Had<string> {
  const policies = new Map<string, OriginPolicy>();
  for (const epoch of epochsOf(directory)) {
    using archive = openArchive(directory, epoch);
    const found = logPolicy(directory, archive, null);
    // An epoch that was opened and never came to its first record has signed nothing.
    if (found.ok) policies.set(found.value.origin, found.value.policy);
  }
  if (policies.size === 0) return { ok: false, why: `${directory} holds the log of no gateway yet` };
  return { ok: true, value: formatPolicy(policies) };
}
