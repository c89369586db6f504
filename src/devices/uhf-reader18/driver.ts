import type { Driver } from '../port.ts';
import { readerConnection } from '../uhf/connection.ts';
import { inventoryReplies } from './codec.ts';
import { reader18Protocol } from './inventory.ts';
import { check18, READER18_BAUD } from './settings.ts';

/** UHF readers of the UHFReader18 and UHFReader288 families, on a serial line or TCP. */
export const uhfReader18: Driver = {
  name: 'uhf-reader18',
  title: 'UHF RFID reader, UHFReader18 and UHFReader288',
  configure: (raw) => {
    const checked = check18(raw);
    if (!checked.ok) return checked;
    const settings = checked.value;
    const format = inventoryReplies(settings.model, settings.address);
    return { ok: true, value: readerConnection(settings, READER18_BAUD, format, reader18Protocol(settings)) };
  },
};
