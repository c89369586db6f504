import type { Channel, Command } from './port.ts';

export type DeviceChannelSettings = {
  readonly device: string;
  /** Verb when the alarm calls, and verb when it is over; null when the device ends by itself. */
  readonly on: string;
  readonly off: string | null;
};

/** A siren, light or relay as a channel: it is set to what the alarm asks for at this moment. */
export function deviceChannel({ device, on, off }: DeviceChannelSettings, command: Command): Channel {
  return {
    lane: `device:${device}`,
    async send({ id, about, expiry }, signal) {
      const verb = about.calls ? on : off;
      if (verb === null) return;
      await command(device, { id, verb, arg: null, expiresAt: expiry }, signal);
    },
  };
}
