import type { Driver } from '../port.ts';
import { readerConnection } from '../uhf/connection.ts';
import { A0_REPLIES } from './codec.ts';
import { a0Protocol } from './inventory.ts';
import { A0_BAUD, checkA0 } from './settings.ts';

/** UHF readers on R2000 and E710 boards whose frames begin with A0, on a serial line or TCP. */
export const uhfA0: Driver = {
  name: 'uhf-a0',
  title: 'UHF RFID reader, A0 frames (R2000, E710)',
  configure: (raw) => {
    const checked = checkA0(raw);
    if (!checked.ok) return checked;
    const settings = checked.value;
    return { ok: true, value: readerConnection(settings, A0_BAUD, A0_REPLIES, a0Protocol(settings)) };
  },
};
