import type { Grantee } from './grant-types.ts';
import type { Role } from './types.ts';

/** Who acts: `actor` is the number that stands in act records, 0 for somebody not signed in. */
export type Actor = { readonly actor: number; readonly role: Role | Grantee | 'none' };
