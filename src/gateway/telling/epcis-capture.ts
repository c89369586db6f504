import type { EpcisOutbox } from '../../api/epcis-types.ts';
import { openArchive } from '../../buffer/archive.ts';
import type { EpcisStore } from '../../buffer/epcis-store.ts';
import { epochsOf } from '../../buffer/epochs.ts';
import type { CaptureSettings } from '../../config/epcis.ts';
import type { SecretStore } from '../../config/secret.ts';
import { readDocument } from '../../epcis/event-reader.ts';
import { documentOf } from '../../epcis/event-writer.ts';
import { Capture, type CaptureParts } from '../../notify/epcis/capture.ts';
import { captureStateText, readCaptureState } from '../../notify/epcis/capture-state.ts';
import { openRepository } from '../../notify/epcis/repository.ts';
import type { Finding } from '../../ops/health.ts';

export type CaptureWiring = {
  readonly settings: CaptureSettings;
  readonly directory: string;
  readonly namespaces: Readonly<Record<string, string>>;
  readonly secrets: SecretStore;
  readonly journal: { meta(key: string): string | null; putMeta(key: string, value: string): void };
  /** One short read of the events that were made. */
  readonly look: <T>(read: (store: EpcisStore) => T, none: T) => T;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
};

/** Tells a partner's repository, and says how that stands. It delays nothing else. */
export class RepositoryCapture implements AsyncDisposable {
  readonly #wiring: CaptureWiring;
  readonly #capture: Capture;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(wiring: CaptureWiring) {
    this.#wiring = wiring;
    const { settings, secrets, journal, look, now, onError } = wiring;
    // Another repository is told from the begin.
    const key = `epcis capture ${settings.url}`;
    const token = settings.token === null ? null : secrets.read(settings.token);
    this.#capture = new Capture({
      repository: openRepository({
        url: settings.url,
        lan: settings.lan,
        token: () => token?.reveal() ?? null,
      }),
      following: (after, limit) => look((store) => store.following(after, settings.kinds, limit), []),
      compose: (events) => this.#compose(events.map(({ json }) => json)),
      state: readCaptureState(journal.meta(key) ?? keptBefore(wiring.directory, key)),
      keep: (state) => journal.putMeta(key, captureStateText(state)),
      now,
      random: Math.random,
    });
    const { signal } = this.#stop;
    this.#running = this.#capture.run(signal).catch((error: unknown) => {
      if (!signal.aborted) onError(error);
    });
  }

  wake(): void {
    this.#capture.wake();
  }

  outbox(): EpcisOutbox {
    const { settings, look } = this.#wiring;
    const { state, lastError, kept } = this.#capture.standing;
    const { count, oldest } = look((store) => store.waiting(kept.after, settings.kinds), {
      count: 0,
      oldest: null,
    });
    return {
      repository: settings.url,
      made: look((store) => store.newest() ?? 0, 0),
      waiting: count,
      oldest,
      state,
      job: kept.flight?.job ?? null,
      lastError,
      storedAt: kept.storedAt,
      refused: kept.refused,
    };
  }

  /** For the gateway's health; from memory. */
  check(): Finding {
    const { state, lastError, kept } = this.#capture.standing;
    if (state === 'failing')
      return {
        state: 'degraded',
        detail: {
          en: `the EPCIS repository is told again later: ${lastError ?? ''}`,
          zh: `EPCIS 存储库稍后重试：${lastError ?? ''}`,
        },
      };
    const { length } = kept.refused;
    if (length === 0)
      return { state: 'ok', detail: { en: 'the EPCIS repository is told', zh: 'EPCIS 存储库发送正常' } };
    return {
      state: 'degraded',
      detail: {
        en: `the EPCIS repository refused ${length} events: bailee epcis outbox`,
        zh: `EPCIS 存储库拒收 ${length} 个事件：bailee epcis outbox`,
      },
    };
  }

  #compose(events: readonly string[]): ReturnType<CaptureParts['compose']> {
    const { namespaces, now } = this.#wiring;
    const text = documentOf(events, { createdAt: now(), namespaces });
    const read = readDocument(new TextEncoder().encode(text));
    if (read.ok) return { ok: true, text };
    const [fault] = read.faults;
    return {
      ok: false,
      why: `not sent, because it is not sound: ${fault?.path ?? ''} ${fault?.problem ?? ''}`,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the gateway is closing'));
    await this.#running;
  }
}

/** What an earlier epoch's journal says: events are counted over all epochs. */
function keptBefore(directory: string, key: string): string | null {
  for (const epoch of epochsOf(directory).toReversed().slice(1)) {
    using archive = openArchive(directory, epoch);
    const kept = archive.meta(key);
    if (kept !== null) return kept;
  }
  return null;
}
