import type { Policy } from '../../evidence/policy.ts';
import { parsePolicy } from '../../evidence/policy.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { browserPrimitives } from './primitives.ts';

/** The reader's policy as it stands: its text, and what is wrong with it. */
export type PolicyText = {
  readonly text: string;
  readonly policy: Policy | null;
  readonly why: string | null;
};

export const NO_POLICY: PolicyText = { text: '', policy: null, why: null };

export function readPolicy(text: string): PolicyText {
  if (text.trim() === '') return NO_POLICY;
  const parsed = parsePolicy(utf8(text), browserPrimitives.sha256);
  return parsed.ok ? { text, policy: parsed.policy, why: null } : { text, policy: null, why: parsed.why };
}

/** Larger than a policy or a bundle can be, bytes. */
export const LARGEST_POLICY = 1024 * 1024;
export const LARGEST_BUNDLE = 300 * 1024 * 1024;

/** A policy begins like an object of JSON; all else is taken for a bundle, which then says what it is not. */
export async function isPolicyFile(file: Blob): Promise<boolean> {
  if (file.size > LARGEST_POLICY) return false;
  const start = new TextDecoder().decode(await file.slice(0, 64).arrayBuffer());
  return start.trimStart().startsWith('{');
}
