import { dirname } from 'node:path';
import { modemChannel } from '../../config/channel-schema.ts';
import { Problems, valueAt } from '../../config/problems.ts';
import { SecretStore } from '../../config/secret.ts';
import type { Source } from '../../config/source.ts';
import { ConfigError } from '../../domain/errors.ts';
import { simulateModem } from '../../gateway/telling/simulated-modem.ts';
import { serialPlaceOf, type OpenFarEnd } from './port.ts';

/** The modems among the channels of `notify:`, each with its entry. @throws ConfigError */
export function modemsOf(source: Source): { readonly id: string; readonly raw: unknown }[] {
  const channels = valueAt(source.value, ['notify', 'channels']);
  const list: readonly unknown[] = Array.isArray(channels) ? channels : [];
  const problems = new Problems();
  const modems = list.flatMap((raw, i) => {
    if (valueAt(raw, ['kind']) !== 'sms-modem') return [];
    const read = problems.read(source, ['notify', 'channels', i], raw, modemChannel);
    return read === undefined ? [] : [{ id: read.id, raw }];
  });
  if (problems.count > 0) throw new ConfigError(problems.list);
  return modems;
}

/** A card that wants the PIN which the channel gives. */
export const farSmsModem: OpenFarEnd = async (order) => {
  const { baud, pin } = modemChannel.parse(order.raw);
  const at = serialPlaceOf(order);
  const secrets = new SecretStore(dirname(order.file), order.credentials);
  const phone = await simulateModem(at, baud, pin === undefined ? null : secrets.read(pin).reveal());
  return { simulator: phone, at, left: [], phone };
};
