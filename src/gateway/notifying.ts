import type { SqliteJournal } from '../buffer/journal.ts';
import type { SecretStore } from '../config/secret.ts';
import { Dispatcher } from '../notify/dispatch.ts';
import type { Input } from '../intake/input.ts';
import type { Core } from './core.ts';
import type { DeviceRunner } from './device-runner.ts';
import type { Live } from './live.ts';
import { outcomeInput } from './outcomes.ts';
import type { SiteConfiguration } from './site.ts';
import { announcerOf, openChannels } from './telling.ts';

export type NotifyingParts = {
  readonly site: SiteConfiguration;
  readonly secrets: SecretStore;
  readonly core: Core;
  readonly live: Live;
  readonly journal: SqliteJournal;
  readonly devices: DeviceRunner;
  readonly add: (input: Input) => void;
  readonly onError: (error: unknown) => void;
  readonly timeZone: string;
  readonly url: () => string;
};

export type Notifying = AsyncDisposable & {
  wake(): void;
  readonly lanes: Dispatcher['lanes'];
};

/** Starts carrying out the outbox: what is tried and what came of it goes back in as records. */
export function startNotifying(parts: NotifyingParts): Notifying {
  const { site, secrets, core, live, journal, devices, add, onError, url, timeZone } = parts;
  const now = (): number => core.clock.now();
  const command = devices.command.bind(devices);
  const dispatcher = new Dispatcher({
    outbox: journal.outbox,
    report: (entry, attempt, outcome) =>
      new Promise((committed) => add({ ...outcomeInput(entry, attempt, outcome, now()), committed })),
    announce: announcerOf({
      gateway: site.gateway.name,
      zones: new Map(site.zones.map((z) => [z.id, z.title])),
      streams: core.streams,
      deciding: core.deciding,
      live,
      url,
    }),
    command,
    channels: openChannels(site.channels, secrets, command, { timeZone, domain: site.gateway.domain }),
    now,
    random: Math.random,
  });
  const stop = new AbortController();
  const running = dispatcher.run(stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) onError(error);
  });
  return {
    wake: () => dispatcher.wake(),
    get lanes() {
      return dispatcher.lanes;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
