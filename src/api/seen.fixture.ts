import { hash } from 'node:crypto';
import type { Credential } from './port.ts';
import type { Seen } from './seen.ts';
import type { Role } from './types.ts';

const ROLE_LIST: readonly Role[] = ['operator', 'viewer', 'supervisor', 'installer', 'admin', 'auditor'];

function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** One of each role, and one with all of them. */
export function credentialsOf(tokens: Readonly<Record<Role | 'owner', string>>): Credential[] {
  return [
    ...ROLE_LIST.map((role, i) => ({
      actor: i + 1,
      roles: [role],
      name: role,
      sha256: hashOf(tokens[role]),
    })),
    { actor: 7, roles: ROLE_LIST, name: 'owner', sha256: hashOf(tokens.owner) },
  ];
}

/** Two pictures, of which one is not there any more, and tags that somebody binds. */
export class MemorySeen implements Seen {
  readonly bound: object[] = [];
  readonly bytes = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
  readonly list = [
    { sha256: 'ab'.repeat(32), camera: 'cam-1', at: 2000, size: 4, alarm: 'cam-1/motion/gate' },
    { sha256: 'cd'.repeat(32), camera: 'cam-1', at: 1000, size: 4, alarm: null },
  ];
  readonly tags: Seen['tags'] = {
    state: () => ({
      known: 3,
      bound: 2,
      most: 100,
      waiting: [{ epc: '3034', tid: 'e201', by: 'Li', at: 1000 }],
    }),
    bind: (epc, tid, by) => Promise.resolve(void this.bound.push({ epc, tid, ...by })),
  };
  readonly pictures: Seen['pictures'] = {
    list: () => this.list,
    find: (sha256) => (sha256 === this.list[0]?.sha256 ? this.bytes : null),
  };
}
