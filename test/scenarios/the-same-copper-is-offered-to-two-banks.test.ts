import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bailee } from '../daemon.ts';
import { done, ReceiptDesk } from '../receipt-desk.ts';

it('the same copper is offered to two banks: a second receipt and a second pledge are refused, with the reason', async () => {
  await using desk = await ReceiptDesk.open(
    {
      warehouse: 'warehouse',
      bank: 'financier',
      rival: 'financier',
    },
    bailee,
  );
  const holder = await desk.person('holder');
  const [bank, rival] = [await desk.person('bank'), await desk.person('rival')];
  const paper = ['--document', join(desk.folder, 'receipt.pdf')];

  const copper = ['--location', 'Hall 3, row 7', '--lot', 'Cu-2611', '--seal', 'A17', '--seal', 'A18'];
  const receipt = done(
    await desk.as('warehouse', 'issue', '--holder', holder, '--quantity', '100', ...copper, ...paper),
  );
  expect(receipt).toMatch(/^0x[0-9a-f]{64}$/);

  // The same tons once more, written in another way, on other paper, for somebody else.
  const again = ['--location', ' hall 3,  row 7', '--lot', 'ＣＵ-2611', '--seal', 'a18', '--seal', 'A17'];
  const warehouse = await desk.person('warehouse');
  const before = await desk.purse(warehouse);
  expect(
    await desk.as('warehouse', 'issue', '--holder', rival, '--quantity', '50', ...again, ...paper),
  ).toEqual({
    code: 1,
    out: '',
    err: `bailee: refused: GOODS_TAKEN: these goods stand on receipt ${receipt} already\n`,
  });
  // A stranger to the registry cannot print himself a receipt for other goods either.
  const other = ['--location', 'Hall 9', '--lot', 'Cu-2611'];
  expect(
    await desk.as('holder', 'issue', '--holder', holder, '--quantity', '50', ...other, ...paper),
  ).toMatchObject({ code: 1, err: expect.stringContaining('NOT_PERMITTED: only a warehouse may') });

  const pledge = ['pledge', receipt, '--registration', '06150123400001234567'];
  const first = done(await desk.as('holder', ...pledge, '--to', bank, '--quantity', '70'));
  const purse = await desk.purse(holder);
  expect(await desk.as('holder', ...pledge, '--to', rival, '--quantity', '40')).toEqual({
    code: 1,
    out: '',
    err: 'bailee: refused: ENCUMBERED: 40 asked for, 30 free: the rest is pledged or on orders\n',
  });
  expect(
    await desk.as('holder', ...pledge, '--to', rival, '--quantity', '40', '--lang', 'zh', '--json'),
  ).toMatchObject({
    code: 1,
    out: expect.stringContaining('"free": "30"'),
    err: 'bailee: 被拒绝: ENCUMBERED: 需要 40，可用 30：其余已质押或已列入放行单\n',
  });
  // What was refused cost nothing.
  expect(await desk.purse(holder)).toBe(purse);
  expect((await desk.purse(warehouse)).split(' ')[0]).toBe(before.split(' ')[0]);

  // The second bank asks the chain itself, by the goods that it was offered.
  const asked = await desk.run('show', ...again, '--json');
  expect(JSON.parse(done(asked))).toMatchObject({
    kind: 'receipt',
    id: receipt,
    qty: '100',
    pledged: '70',
    free: '30',
    holder,
    state: 'live',
  });
  const shown = done(await desk.run('show', first));
  expect(shown).toContain(`pledge     ${first}`);
  expect(shown).toContain(`financier  ${bank}`);
}, 60_000);
