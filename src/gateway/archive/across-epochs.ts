import type { HistoryPage } from './history.ts';
import { epochSpans, spansIn, type EpochSpan } from '../keys/epoch-spans.ts';
import type { IncidentName } from './incident-name.ts';
import type { IncidentsArgs, StoredIncident, StoredStory } from './incidents.ts';
import { openReadOnly, type ReadOnly, type ReadOptions } from './open-read-only.ts';

/**
 * A cursor over all epochs is one number: seq in the lower 37 bits, which take 10 records a second for
 * 400 years, and the epoch (≤ 65,535) above them.
 */
const SEQS = 2 ** 37;

function cursorOf(epoch: number, seq: number): number {
  return epoch * SEQS + seq;
}

export type PastIncident = StoredIncident & { readonly epoch: number };
export type PastStory = Omit<StoredStory, 'incident'> & { readonly incident: PastIncident };

export type AcrossEpochs = Pick<
  ReadOnly,
  'history' | 'alarmHistory' | 'alarmReport' | 'contacts' | 'export'
> & {
  /** Newest first. */
  incidents(args: IncidentsArgs, options?: ReadOptions): Promise<readonly PastIncident[]>;
  story(name: IncidentName, options?: ReadOptions): Promise<PastStory | null>;
};
type Window = { readonly from: number; readonly to: number };

/**
 * The past of a log over all its epochs. An answer is of one epoch, the earliest that has something to
 * say; a page's `next` leads into the one after it, and a bundle ends where its epoch does.
 * @param directory the epochs it has are looked up once: a gateway opens anew when one begins
 */
export function acrossEpochs(directory: string): AcrossEpochs {
  const spans = epochSpans(directory);
  const of = ({ epoch }: EpochSpan): ReadOnly => openReadOnly(directory, epoch);
  /** The epochs that a page may be of, and the seq at which the first of them goes on. */
  const from = (window: Window, cursor: number): { readonly left: EpochSpan[]; readonly seq: number } => {
    const epoch = Math.floor(cursor / SEQS);
    const left = spansIn(spans, window).filter((span) => span.epoch >= epoch);
    return { left, seq: left[0]?.epoch === epoch ? cursor % SEQS : 0 };
  };

  return {
    history: async (args, options) => {
      const { left, seq } = from(args, args.seq);
      let empty: HistoryPage | null = null;
      for (const [i, span] of left.entries()) {
        const page = await of(span).history({ ...args, seq: i === 0 ? seq : 0 }, options);
        if (page === null) continue;
        empty = page;
        if (page.next !== null) return { ...page, next: cursorOf(span.epoch, page.next) };
        if (page.readings.length === 0 && page.erased.length === 0) continue;
        for (const later of left.slice(i + 1))
          if ((await of(later).history({ ...args, seq: 0, limit: 1 }, options)) !== null)
            return { ...page, next: cursorOf(later.epoch, 0) };
        return page;
      }
      return empty;
    },

    alarmHistory: async (args, options) => {
      const { left, seq } = from(args, args.after);
      for (const [i, span] of left.entries()) {
        const page = await of(span).alarmHistory({ ...args, after: i === 0 ? seq : 0 }, options);
        if (page.next !== null) return { ...page, next: cursorOf(span.epoch, page.next) };
        const later = left[i + 1];
        if (later === undefined) return page;
        if (page.records.length > 0) return { ...page, next: cursorOf(later.epoch, 0) };
      }
      return { records: [], next: null };
    },

    alarmReport: (args, options) => {
      const epochs = spansIn(spans, args).map(({ epoch }) => epoch);
      return openReadOnly(directory, epochs.at(-1) ?? null).alarmReport(
        { ...args, before: epochs.slice(0, -1) },
        options,
      );
    },

    contacts: (args, options) => {
      const epochs = spans.map(({ epoch }) => epoch);
      return openReadOnly(directory, epochs.at(-1) ?? null).contacts(
        { ...args, before: epochs.slice(0, -1) },
        options,
      );
    },

    incidents: async (args, options) => {
      const found: PastIncident[] = [];
      for (const span of spansIn(spans, args).toReversed()) {
        if (found.length >= args.limit) break;
        const own = await of(span).incidents({ ...args, limit: args.limit - found.length }, options);
        found.push(...own.map((incident) => ({ ...incident, epoch: span.epoch })));
      }
      return found;
    },

    story: async ({ epoch, seq }, options) => {
      const span = spans.find((one) => one.epoch === epoch);
      const story = span === undefined ? null : await of(span).story({ seq }, options);
      return story && { ...story, incident: { ...story.incident, epoch } };
    },

    export: async (args, options) => {
      let refused: Awaited<ReturnType<ReadOnly['export']>> = {
        ok: false,
        why: 'there is no such time in the log',
      };
      for (const span of spansIn(spans, args)) {
        const made = await of(span).export({ ...args, to: Math.min(args.to, span.to) }, options);
        if (made.ok) return made;
        refused = made;
      }
      return refused;
    },
  };
}
