import type { Logger } from 'pino';
import type { Credentials } from '../config/secret.ts';

/** What of the process the gateway is given. */
export type World = {
  readonly log: Logger;
  readonly credentials: Credentials;
  /** Folder of the built page; null where it was not built. */
  readonly webRoot: string | null;
  /** $NOTIFY_SOCKET; undefined outside systemd. */
  readonly notifySocket: string | undefined;
  readonly timeZone: string;
  /** Told once when the gateway cannot go on; it must then be disposed. */
  readonly onFatal: (error: unknown) => void;
};
