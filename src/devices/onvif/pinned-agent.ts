import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';

/**
 * TLS to a camera whose certificate nobody signed: the one that is known is taken and no other. The
 * connection is handed out only then, so that nothing is said to a stranger.
 */
export class PinnedAgent extends Agent {
  readonly #fingerprint: string;

  /** @param fingerprint SHA-256 of the certificate, 64 capital hex digits */
  constructor(fingerprint: string) {
    super({ keepAlive: true, maxSockets: 4 });
    this.#fingerprint = fingerprint;
  }

  override createConnection(
    options: ConnectionOptions,
    given: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const socket = connect({ ...options, rejectUnauthorized: false });
    const fail = (error: Error): void => given(error, socket);
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      const found = socket.getPeerCertificate().fingerprint256.replaceAll(':', '');
      socket.off('error', fail);
      if (found === this.#fingerprint) return given(null, socket);
      socket.destroy();
      given(new Error(`the certificate is ${found}, not the one that is known`), socket);
    });
  }
}
