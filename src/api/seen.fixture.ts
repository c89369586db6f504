import { hash } from 'node:crypto';
import type { Credential } from './port.ts';
import type { Seen } from './seen-port.ts';
import type { Picture, Role } from './types.ts';

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

/** Pictures, of which only the newest is still there, and tags that somebody binds. */
export class MemorySeen implements Seen {
  readonly bound: object[] = [];
  bytes: Uint8Array = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
  list: Picture[] = [];
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
