import type { Logger } from 'pino';
import type { Credentials } from '../../config/secret.ts';

/** What of the process the gateway is given. */
export type World = {
  readonly log: Logger;
  readonly credentials: Credentials;
  /** Folder of the built page; null where it was not built. */
  readonly webRoot: string | null;
  /** $NOTIFY_SOCKET; undefined outside systemd. */
  readonly notifySocket: string | undefined;
  /** IANA name of the zone that times are told in to people; asked when they are, for knowing zones takes 8 MB. */
  readonly timeZone: () => string;
  readonly version: string;
  /** Resident memory of the process, bytes. */
  readonly residentBytes: () => number;
  /** Told once when the gateway cannot go on; it must then be disposed. */
  readonly onFatal: (error: unknown) => void;
};
