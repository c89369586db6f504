import type { Driver } from '../port.ts';
import { readerConnection } from '../uhf/connection.ts';
import { R200_REPLIES } from './codec.ts';
import { r200Protocol } from './inventory.ts';
import { checkR200, R200_BAUD } from './settings.ts';

/** UHF modules R200, M100, YRM100 and relatives, frames BB … 7E, on a serial line or TCP. */
export const uhfR200: Driver = {
  name: 'uhf-r200',
  title: 'UHF RFID module, BB…7E frames (R200, M100, YRM100)',
  configure: (raw) => {
    const checked = checkR200(raw);
    if (!checked.ok) return checked;
    const settings = checked.value;
    return { ok: true, value: readerConnection(settings, R200_BAUD, R200_REPLIES, r200Protocol(settings)) };
  },
};
