import { expect, it } from 'vitest';
import { RecordType, SystemCode } from '../../src/domain/record.ts';
import { Daemon, expectSound } from '../daemon.ts';
import { freePort } from '../free-port.ts';
import { journalRecords } from '../journal-records.ts';
import { Kills, ROUNDS } from './kills.ts';
import { countingTopic } from './load.ts';
import { differences, loadedSite } from './loaded-site.ts';
import { RingDevice } from './ring-device.ts';

const KILLS = Math.ceil(ROUNDS / 5);
const DEVICES = 8;
const PER_SECOND = 2000;

it(
  `${KILLS} times kill -9 with its own broker: what devices were acknowledged, and then all they made, is in the journal once and in order`,
  { timeout: 60_000 + KILLS * 3000 },
  async () => {
    const port = await freePort();
    using site = loadedSite({
      connection: `broker: embedded\n    listen: 127.0.0.1:${port}`,
      counting: DEVICES,
      timing: 0,
    });
    const devices = Array.from({ length: DEVICES }, (_, i) => new RingDevice(countingTopic(i)));
    const kills = new Kills(KILLS);
    const running = devices.map((d) => d.run(port, PER_SECOND / DEVICES));
    try {
      await kills.run(site);
      devices.forEach((d) => d.stop());
      const acknowledged = devices.map((d) => d.made - d.unacknowledged);
      {
        await using daemon = await Daemon.start(site.file);
        await Promise.all(running);
        await daemon.stop();
      }
      const counts = devices.map((d) => d.made);
      expect(differences(site.data, { counts, times: [] })).toEqual([]);
      expect(acknowledged.reduce((a, b) => a + b, 0)).toBeGreaterThan((KILLS * PER_SECOND) / 10);
      const system = journalRecords(site.data, RecordType.system).map((r) => r.body[0]);
      expect(system).not.toContain(SystemCode.tailBroken);
      await expectSound(site.data);
      console.log(`${kills.told}: ${counts.reduce((a, b) => a + b, 0)} messages`);
    } catch (error) {
      devices.forEach((d) => d.giveUp());
      throw new Error(kills.told, { cause: error });
    }
  },
);
