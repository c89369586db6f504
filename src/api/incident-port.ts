import type { BundleWish } from '../domain/bundle-wish.ts';
import type { Incident, IncidentSummary } from './incident-types.ts';

export type IncidentsQuery = { readonly from: number; readonly to: number; readonly limit: number };

/** Incidents, from the journal alone and off the writer's thread. */
export type Incidents = {
  /** Newest first. */
  list(query: IncidentsQuery): Promise<readonly IncidentSummary[]>;
  /** @throws Refused NOT_FOUND where no incident has this id */
  one(id: string): Promise<Incident>;
  /** What its evidence bundle holds. @throws Refused NOT_FOUND likewise, INVALID where no stream is about it */
  wish(id: string): Promise<BundleWish>;
};
