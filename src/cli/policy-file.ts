import { ConfigError } from '../domain/errors.ts';
import type { Policy } from '../evidence/policy.ts';
import { readInput } from './inputs.ts';

/** The policy of whoever verifies. @throws StorageError IO, ConfigError for what is none */
export async function readPolicy(file: string): Promise<Policy> {
  const { parsePolicy } = await import('../evidence/policy.ts');
  const { sha256 } = await import('../gateway/site/primitives.ts');
  const parsed = parsePolicy(readInput(file), sha256);
  if (!parsed.ok) throw new ConfigError([{ path: [], message: parsed.why, file }]);
  return parsed.policy;
}
