import type { SqliteJournal } from '../../buffer/journal.ts';
import type { SecretStore } from '../../config/secret.ts';
import { RecordType, SystemCode } from '../../domain/record.ts';
import type { Input } from '../../intake/input.ts';
import type { Committed } from '../../intake/intake.ts';
import { openSerialLine } from '../../devices/serial-line.ts';
import { Dispatcher } from '../../notify/dispatch.ts';
import type { ModemLine } from '../../notify/modem/at-line.ts';
import { FLOOD_RULE, OWN_SUBJECT } from '../../alarms/own-alarms.ts';
import type { AlarmsState } from '../../alarms/state.ts';
import { AnswerDesk, loadAnswerKey } from './answer-desk.ts';
import type { Core } from '../recording/core.ts';
import type { DeviceRunner } from '../recording/device-runner.ts';
import type { Live } from '../recording/live.ts';
import { makeDurable } from '../site/durable.ts';
import { continuedBy } from '../keys/epoch-end.ts';
import { interlocked } from './interlocking.ts';
import { outcomeInput } from './outcomes.ts';
import type { PushStore } from './push-store.ts';
import type { SiteConfiguration } from '../site/site.ts';
import { announcerOf, openChannels, peopleOf, type AnnouncerParts } from './telling.ts';

export type NotifyingParts = {
  readonly site: SiteConfiguration;
  readonly secrets: SecretStore;
  readonly core: Core;
  readonly live: Live;
  readonly rules: AnnouncerParts['rules'];
  readonly journal: SqliteJournal;
  readonly devices: DeviceRunner;
  readonly add: (input: Input) => boolean;
  /** Aborts when the gateway failed: no outcome is awaited any more. */
  readonly over: AbortSignal;
  readonly onError: (error: unknown) => void;
  readonly timeZone: () => string;
  /** What people subscribed through the page. */
  readonly browsers: PushStore;
  readonly url: () => string;
};

export type Notifying = AsyncDisposable & {
  /** Looks at what was committed, in the same turn: new entries wake it, a clock step moves all it holds. */
  noteCommit(commit: Committed): void;
  readonly lanes: Dispatcher['lanes'];
  /** Takes the answers to what was told. */
  readonly answers: AnswerDesk;
};

/** Starts carrying out the outbox: what is tried and what came of it goes back in as records. */
export function startNotifying(parts: NotifyingParts): Notifying {
  const { site, secrets, core, live, rules, journal, devices, add, over, onError, url, timeZone } = parts;
  const now = (): number => core.clock.now();
  const command = interlocked(core.deciding.set.interlocks, live, now, devices.command.bind(devices));
  const stop = new AbortController();
  const ended = AbortSignal.any([stop.signal, over]);
  const people = peopleOf(site.people, secrets, parts.browsers);
  const zones = new Map(site.zones.map((z) => [z.id, z.title]));
  const answers = new AnswerDesk({
    key: loadAnswerKey(site.data),
    deciding: core.deciding,
    people,
    describe: (alarm) => {
      const instance = core.deciding.set.byAlarm.get(alarm);
      const place = core.streams.find((s) => s.id === instance?.subject)?.place;
      const title = core.deciding.roster.ruleOf(alarm)?.title;
      return title === undefined ? null : { title, place: zones.get(place ?? '') ?? null };
    },
    add,
    now,
    over: ended,
  });
  const onReplyLost = (error: unknown): void => {
    if (!ended.aborted) onError(error);
  };
  const modems: AsyncDisposable[] = [];
  const modemLine = (path: string, baud: number): ModemLine => {
    const line = openSerialLine({ path, baud, dataBits: 8, parity: 'none', stopBits: 1 });
    modems.push(line);
    return line;
  };
  const dispatcher = new Dispatcher({
    outbox: journal.outbox,
    // What is not durable when we end stays in the outbox and is tried after the restart.
    report: (entry, attempt, outcome) =>
      makeDurable(add, outcomeInput(entry, attempt, outcome, now()), ended),
    announce: announcerOf({
      gateway: site.gateway.name,
      zones,
      streams: core.streams,
      deciding: core.deciding,
      live,
      continued: () => continuedBy(journal),
      rules,
      url,
      answers,
    }),
    command,
    origin: core.settings.identity.origin,
    channels: openChannels(site.channels, secrets, command, {
      timeZone,
      domain: site.gateway.domain,
      people,
      onGone: (person, endpoint) => parts.browsers.remove(person, endpoint),
      modemLine,
      // An answer that cannot become durable any more is asked for again by the climbing call.
      onReply: (number, text) => void answers.reply(number, text).catch(onReplyLost),
    }),
    isFlood: () => isFlood(core.deciding.alarms),
    now,
    random: Math.random,
  });
  const running = dispatcher.run(ended).catch((error: unknown) => {
    if (!ended.aborted) onError(error);
  });
  return {
    noteCommit: ({ records, outbox }) => {
      for (const { type, body } of records) {
        if (type !== RecordType.system) continue;
        const [code, a] = body;
        if (code !== SystemCode.clockStepped) continue;
        if (typeof a === 'number') dispatcher.shift(a);
      }
      if (outbox.length > 0) dispatcher.wake();
    },
    answers,
    get lanes() {
      return dispatcher.lanes;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await Promise.all(modems.map((line) => line[Symbol.asyncDispose]()));
    },
  };
}

/** As the alarm machine finds it (R34), until it is over. */
function isFlood(alarms: AlarmsState): boolean {
  return alarms.get(`${OWN_SUBJECT}/${FLOOD_RULE.rule}`)?.isActive === true;
}
