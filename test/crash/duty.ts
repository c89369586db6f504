import { SmtpServer, type Mail } from '../../src/notify/smtp-server.fixture.ts';
import { originIn } from '../../src/gateway/keys/identity.ts';
import { eventually } from '../daemon.ts';
import { WebhookReceiver } from '../scenarios/receivers.ts';
import { askedNotices, outcomes } from './asked-notices.ts';

/** Messages of one channel, each with the ids of its notices, and how many there were at the end of each life. */
type Heard = { readonly messages: readonly (readonly string[])[]; readonly ends: readonly number[] };

/** Who is told: a duty system over HTTP, and a mail server. Held against the journal at the end. */
export class Duty implements AsyncDisposable {
  readonly webhook: WebhookReceiver;
  readonly #smtp: SmtpServer;
  readonly #mailPort: number;
  readonly #callEnds: number[] = [];
  readonly #mailEnds: number[] = [];

  private constructor(webhook: WebhookReceiver, smtp: SmtpServer, mailPort: number) {
    this.webhook = webhook;
    this.#smtp = smtp;
    this.#mailPort = mailPort;
  }

  static async open(): Promise<Duty> {
    const smtp = new SmtpServer();
    return new Duty(await WebhookReceiver.listen(), smtp, await smtp.listen());
  }

  /** The channels `hook` and `mail`; the secret is in the file `hook.secret`. */
  get channels(): string {
    const mail = `smtp://127.0.0.1:${this.#mailPort}`;
    return `
    - { id: hook, kind: webhook, url: '${this.webhook.url}', secret: file:hook.secret, lan: true }
    - { id: mail, kind: smtp, server: '${mail}', from: gateway@x.example, to: [duty@x.example], lan: true }`;
  }

  /** A process died: what it sent is heard to its end, and counts as its. */
  async endLife(): Promise<void> {
    const open = async (): Promise<number> => (await this.webhook.open()) + this.#smtp.open;
    await eventually('its connections are closed', open, (n) => n === 0);
    this.#callEnds.push(this.webhook.taken.length);
    this.#mailEnds.push(this.#smtp.mails.length);
  }

  /**
   * What is wrong; nothing when each notice that the journal asked for has one outcome, was heard, and was
   * heard again only where the process died between the answer and the commit.
   *
   * @param stepOf the place of a role in its route, from 0
   */
  differences(data: string, stepOf: (role: string) => number): string[] {
    const unsettled = [...outcomes(data)]
      .filter(([, { queued, delivered }]) => queued !== delivered)
      .map(([about, count]) => `${about}: ${JSON.stringify(count)}`);
    const asked = askedNotices(data, originIn(data), stepOf);
    const calls = { messages: this.webhook.taken.map((c) => [c.id]), ends: this.#callEnds };
    const mails = { messages: this.#smtp.mails.map(noticesIn), ends: this.#mailEnds };
    return [
      ...unsettled,
      ...unlike('hook', idsOf(asked, 'hook'), calls),
      ...unlike('mail', idsOf(asked, 'mail'), mails),
    ];
  }

  /** For the record of a run. */
  get told(): string {
    const ids = [...this.webhook.taken.map((c) => c.id), ...this.#smtp.mails.flatMap(noticesIn)];
    const of = new Set(ids).size;
    return `${of} notices in ${this.webhook.taken.length} calls and ${this.#smtp.mails.length} mails, ${ids.length - of} told twice`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#smtp.close();
    await this.webhook[Symbol.asyncDispose]();
  }
}

function idsOf(asked: readonly { id: string; channel: string }[], channel: string): Set<string> {
  const ids = asked.filter((a) => a.channel === channel).map((a) => a.id);
  if (ids.length === 0) throw new Error(`nobody was to be told by ${channel}`);
  return new Set(ids);
}

function unlike(channel: string, asked: ReadonlySet<string>, { messages, ends }: Heard): string[] {
  const heard = new Set(messages.flat());
  const needless = needlessRepeats({ messages, ends });
  return [
    ...[...asked].filter((id) => !heard.has(id)).map((id) => `${channel}: ${id} was never heard`),
    ...[...heard].filter((id) => !asked.has(id)).map((id) => `${channel}: ${id} was not asked for`),
    ...needless.map((id) => `${channel}: ${id} came again, though it was not under way when a process died`),
  ];
}

/** Notices told again that were not in the last message of a life before: no more than that is ever in doubt. */
function needlessRepeats({ messages, ends }: Heard): string[] {
  const seen = new Set<string>();
  return messages.flatMap((ids, i) => {
    const repeated = ids.filter((id) => seen.has(id));
    for (const id of ids) seen.add(id);
    return repeated.filter((id) => !ends.some((end) => end <= i && messages[end - 1]?.includes(id)));
  });
}

/** Ids of the notices in a mail, from its folded header. */
function noticesIn({ data }: Mail): string[] {
  const [head = ''] = data.split('\r\n\r\n');
  const unfolded = head.replaceAll(/\r\n[ \t]+/g, ' ');
  return /^Bailee-Notices: (.*)$/m.exec(unfolded)?.[1]?.trim().split(' ') ?? [];
}
