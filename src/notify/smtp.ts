import { connect, isIP, type Socket } from 'node:net';
import { pin, resolveHost, type Resolve } from './address.ts';
import { MAIL_PACE } from './pace.ts';
import { addressOf, calledPerson, type People } from './people.ts';
import type { Channel } from './port.ts';
import { wordingOf } from './text.ts';

export type SmtpSettings = {
  readonly id: string;
  /** `smtps://host:465` (TLS from the first byte) or `smtp://host:587` (STARTTLS). */
  readonly server: string;
  readonly login: { readonly user: string; readonly password: { reveal(): string } } | null;
  readonly from: string;
  /** Empty: each notice goes to the person it calls by name. */
  readonly to: readonly string[];
  readonly people: People;
  /** The server is on the local network: private addresses, and no TLS where it offers none. */
  readonly lan: boolean;
  /** Right-hand side of each Message-ID. */
  readonly domain: string;
  readonly timeZone: () => string;
  /** Certificates trusted besides the system's, PEM. */
  readonly ca?: string;
};

const PORTS: Readonly<Record<string, number>> = { 'smtps:': 465, 'smtp:': 587 };
const SOCKET_TIMEOUT_MS = 20_000;

/** Ids that a header may hold: servers refuse mails whose headers are long. */
const MOST_NOTICES = 100;

/**
 * E-mail. A repeat after a crash bears the same Message-ID, by which mail programs show it once; a digest
 * whose company changed is another mail, and programs know each notice by the header `Bailee-Notices`.
 */
export function smtpChannel(settings: SmtpSettings, resolve: Resolve = resolveHost): Channel {
  const { host, port } = transportOptions(settings);
  // Who took a message that others refused: the next attempt does not repeat it to them.
  const reached = new Map<string, readonly string[]>();
  return {
    lane: `channel:${settings.id}`,
    pace: MAIL_PACE,
    async send(message, signal) {
      // Loaded when first needed: most gateways call by siren and webhook alone.
      const { createTransport } = await import('nodemailer');
      const to = recipientsOf(settings, message.role);
      const open = to.filter((address) => !reached.get(message.id)?.includes(address));
      const pinned = await pin(host, settings.lan, resolve);
      const socket = await connected(pinned.address, port, signal);
      const transport = createTransport({ ...transportOptions(settings), connection: socket });
      const { subject, body } = wordingOf(message.about, message.at, settings.timeZone(), message.others);
      try {
        const sent = await transport.sendMail({
          from: settings.from,
          to: [...to],
          envelope: { from: settings.from, to: open },
          subject: `${subject.zh} / ${subject.en}`,
          text: `${body.zh}\n\n${body.en}\n`,
          date: new Date(message.at),
          messageId: `<${message.id}@${settings.domain}>`,
          headers: {
            'Auto-Submitted': 'auto-generated',
            'Bailee-Notices': message.notices.slice(0, MOST_NOTICES).join(' '),
          },
        });
        reached.set(message.id, [...(reached.get(message.id) ?? []), ...sent.accepted.map(String)]);
        if (sent.rejected.length > 0) {
          throw new Error(`the server refused ${sent.rejected.length} of ${open.length} recipients`);
        }
        reached.delete(message.id);
      } finally {
        transport.close();
        socket.destroy();
      }
    },
  };
}

export function recipientsOf(
  { to, people }: Pick<SmtpSettings, 'to' | 'people'>,
  called: string,
): readonly string[] {
  return to.length > 0 ? to : [addressOf(calledPerson(people, called), 'mail')];
}

/** TLS from the first byte or by STARTTLS, and without it no mail, unless the server is on the local network. */
export function transportOptions({ server, lan, ca, login }: SmtpSettings) {
  const url = new URL(server);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: url.port === '' ? (PORTS[url.protocol] ?? 0) : Number(url.port),
    secure: url.protocol === 'smtps:',
    requireTLS: !lan,
    greetingTimeout: SOCKET_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    tls: {
      minVersion: 'TLSv1.2' as const,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
    },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password.reveal() } }),
  };
}

/** The signal also ends a talk that never ends, e.g. with a server that sends a byte now and then. */
async function connected(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: address, port, signal });
  socket.once('connect', () => resolve(socket));
  socket.once('error', reject);
  return promise;
}
