import { expect, it } from 'vitest';
import { depotRule, DEPOT, DEPOT_STREAMS, depotRules } from '../../test/rules/depot.ts';
import { Records } from '../../test/rules/timeline.ts';
import { bindRules } from '../rules/rule-set.ts';
import { withoutCauses } from './carried-state.ts';
import { Deciding } from './deciding.ts';

const H = 3_600_000;
const STREAM = DEPOT_STREAMS.find(({ id }) => id === 'vaccine-1/temperature');

it('carries what rules remember into the next epoch, without the numbers of records that are no more', () => {
  const slot = STREAM?.slot ?? 0;
  const raw = depotRule({ kind: 'exposure', on: { stream: STREAM?.id }, 'at-least': '30 °C', sum: '1h' });
  const set = bindRules(depotRules([raw]), DEPOT_STREAMS, DEPOT.zones);
  const records = new Records();
  const old = Deciding.decode(set, null);
  const feed = (deciding: Deciding, from: number, to: number): string[] => {
    const said: string[] = [];
    for (let t = from; t < to; t += 60_000) {
      const record = records.reading(slot, t, 310);
      said.push(...[...deciding.before(record, 0), ...deciding.judge(record)].map((o) => String(o.body[0])));
    }
    deciding.commit();
    return said;
  };
  expect(feed(old, 0, H / 2)).toEqual([]);
  const carried = withoutCauses(old.encode());
  expect(JSON.stringify(carried)).toContain('"exposure sum",0,0,310');
  expect(feed(Deciding.decode(set, carried), H / 2, H + 60_000)).toContain('r');
});
