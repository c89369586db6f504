import type { Epcis, EventWithdrawalAct } from '../api/epcis.ts';
import type { SecretStore } from '../config/secret.ts';
import { Refused } from '../domain/errors.ts';
import { EVENTS_SLOT, RecordType, type ActBody } from '../domain/record.ts';
import { recordText } from '../domain/text.ts';
import { Names, OWN } from '../epcis/journal/naming.ts';
import { WITHDRAW_EVENT } from '../epcis/journal/withdrawing.ts';
import type { Input } from '../intake/input.ts';
import type { Finding } from '../ops/health.ts';
import { EventDesk } from './archive/event-desk.ts';
import type { Recording } from './recording.ts';
import { makeDurable } from './site/durable.ts';
import { namingOf } from './site/naming.ts';
import type { SiteConfiguration } from './site/site.ts';
import type { World } from './site/world.ts';

export type EpcisParts = {
  readonly site: SiteConfiguration;
  readonly recording: Pick<Recording, 'core' | 'journal' | 'onSealed'>;
  readonly secrets: SecretStore;
  readonly log: World['log'];
  readonly add: (input: Input) => boolean;
  readonly over: AbortSignal;
};

/** `check` says how a repository is told; null where there is none. */
type OpenEpcis = Epcis & AsyncDisposable & { readonly check: (() => Finding) | null };

/** Events of EPCIS of a running gateway. Loaded only where the configuration has them. */
export async function openEpcis(parts: EpcisParts): Promise<OpenEpcis | null> {
  const { site, recording, secrets, log, add, over } = parts;
  const { epcis } = site;
  const naming = namingOf(site);
  if (epcis === null || naming === null) return null;
  const { clock, deciding } = recording.core;
  const desk = new EventDesk(site.data, naming, {
    onMade: () => capture?.wake(),
    onError: (error) =>
      log.warn({ err: error }, 'events of EPCIS cannot be made now; tried again with the next block'),
  });
  const namespaces = { [OWN]: new Names(naming).namespace };
  const capture =
    epcis.capture === null
      ? null
      : new (await import('./telling/epcis-capture.ts')).RepositoryCapture({
          settings: epcis.capture,
          directory: site.data,
          namespaces,
          secrets,
          journal: recording.journal,
          look: (read, none) => desk.look(read, none),
          now: () => clock.now(),
          onError: (error) => log.error({ err: error }, 'the EPCIS repository is told no more'),
        });
  recording.onSealed(() => desk.advance());
  desk.advance();
  return {
    check: capture === null ? null : () => capture.check(),
    find: (query) => desk.find(query),
    namespaces,
    isPublic: epcis.digitalLink === 'public',
    thing: (uri) => {
      const found = desk.thing(uri);
      return found === null ? null : { ...found, receipts: deciding.goods?.item(found.epc)?.receipts ?? [] };
    },
    outbox: () =>
      capture?.outbox() ?? { ...NO_REPOSITORY, made: desk.look((store) => store.newest() ?? 0, 0) },
    withdraw: async (act) => {
      if (desk.look((store) => store.event(act.event), null) === null)
        throw new Refused('NOT_FOUND', `there is no event ${act.event}`);
      await makeDurable(
        add,
        { records: [{ slot: EVENTS_SLOT, t: clock.now(), type: RecordType.act, body: bodyOf(act) }] },
        over,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await capture?.[Symbol.asyncDispose]();
      await desk[Symbol.asyncDispose]();
    },
  };
}

const NO_REPOSITORY = {
  repository: null,
  waiting: 0,
  oldest: null,
  state: 'none',
  job: null,
  lastError: null,
  storedAt: null,
  refused: [],
} as const;

/** `old` is the reason of CBV 2.0, `new` the event that is right instead. */
function bodyOf({ actor, role, event, reason, corrective, note }: EventWithdrawalAct): ActBody {
  return [actor, recordText(role), WITHDRAW_EVENT, event, reason, corrective, recordText(note), 0];
}
