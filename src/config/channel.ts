import type { Template } from '../domain/notice-fields.ts';

/** Where messages go, by kind; secrets are references. */
export type Channel =
  | DeviceChannel
  | SmtpChannel
  | WebhookChannel
  | SmsHttpChannel
  | ModemChannel
  | RobotChannel
  | NtfyChannel
  | MqttChannel
  | WebPushChannel;

/** A siren, light or relay: `on` when an alarm rises, `off` (null: it has none) when it is over. */
export type DeviceChannel = {
  readonly kind: 'device';
  readonly id: string;
  readonly device: string;
  readonly on: string;
  readonly off: string | null;
};

export type SmtpChannel = {
  readonly kind: 'smtp';
  readonly id: string;
  readonly server: string;
  /** User name and the reference of the password; null for a server that asks for none. */
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  /** Empty: it calls people by name. */
  readonly to: readonly string[];
  /** The administrator vouches for a server on the local network: private addresses, no TLS. */
  readonly lan: boolean;
};

export type WebhookChannel = {
  readonly kind: 'webhook';
  readonly id: string;
  readonly url: string;
  /** Reference of the key that signs each call. */
  readonly secret: string;
  /** What is sent in the place of the whole notice, its fields checked; null for that. */
  readonly template: Template | null;
  readonly lan: boolean;
};

/** SMS by a provider's HTTP interface; calls people by name. */
export type SmsHttpChannel = {
  readonly kind: 'sms-http';
  readonly id: string;
  readonly url: string;
  readonly body: string;
  readonly format: 'json' | 'form';
  /** Reference of the header's value; null for none. */
  readonly authorization: string | null;
  readonly success: string;
  readonly lan: boolean;
};

/** SMS by a GSM modem on a serial line; calls people by name. */
export type ModemChannel = {
  readonly kind: 'sms-modem';
  readonly id: string;
  readonly port: string;
  readonly baud: number;
  readonly mode: 'pdu' | 'text';
  /** Reference of the card's PIN; null for a card without. */
  readonly pin: string | null;
};

/** A group robot; its address is a secret, since who has it can write to the group. */
export type RobotChannel = {
  readonly kind: 'wecom' | 'dingtalk' | 'feishu';
  readonly id: string;
  /** References of the address and of the key that signs; null where the robot asks for none. */
  readonly url: string;
  readonly secret: string | null;
  readonly lan: boolean;
};

export type NtfyChannel = {
  readonly kind: 'ntfy';
  readonly id: string;
  readonly url: string;
  /** References. */
  readonly topic: string;
  readonly token: string | null;
  readonly lan: boolean;
};

export type MqttChannel = {
  readonly kind: 'mqtt';
  readonly id: string;
  readonly url: string;
  readonly topic: string;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly lan: boolean;
};

/** Pushes to the browsers of people, whom it calls by name. */
export type WebPushChannel = {
  readonly kind: 'web-push';
  readonly id: string;
  /** Reference of the P-256 key, PEM. */
  readonly key: string;
  readonly contact: string;
  readonly lan: boolean;
};
