import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIGURATION, Place } from '../gateway/data-directory.fixture.ts';
import { ANVIL_CHAIN_ID } from '../../test/anvil.ts';
import { done, ReceiptDesk } from '../../test/receipt-desk.ts';
import { refusalText } from './receipts-refusal.ts';

const GATEWAY = 'consortium.example/gw/00000000000000a1';
const HASH = `0x${'ab'.repeat(32)}` as const;

describe('receipts', () => {
  let desk: ReceiptDesk;
  let receipt: string;
  let holder: string;

  beforeAll(async () => {
    desk = await ReceiptDesk.open({
      warehouse: 'warehouse',
      bank: 'financier',
      regulator: 'regulator',
      inspector: 'inspector',
    });
    holder = await desk.person('holder');
    const goods = ['--location', 'Cold store 2', '--lot', 'beef 11', '--document', paper()];
    const what = ['--holder', holder, '--quantity', '100', '--gateway', `${GATEWAY}/3`, '--max-age', '1h'];
    receipt = done(await desk.as('warehouse', 'issue', ...goods, ...what));
  }, 60_000);
  afterAll(() => desk[Symbol.asyncDispose]());

  const paper = (): string => join(desk.folder, 'receipt.pdf');

  it('a pledge is freed by its bank, a release is ordered, authorized and called off', async () => {
    const bank = await desk.person('bank');
    const gate = await desk.person('gate');
    const pledging = ['pledge', receipt, '--to', bank, '--quantity', '70', '--registration', '0615 01'];
    const repeated = [...pledging, '--nonce', '7', '--json'];
    const made: { id: string } = JSON.parse(done(await desk.as('holder', ...repeated)));
    expect(await desk.as('holder', ...repeated)).toMatchObject({
      code: 1,
      out: expect.stringContaining('"code": "WRONG_STATE"'),
    });
    expect(await desk.as('bank', 'reduce', made.id, '--left', '70')).toMatchObject({
      code: 1,
      err: 'bailee: refused: INVALID: a pledge only becomes smaller\n',
    });
    expect(done(await desk.as('bank', 'reduce', made.id, '--left', '20'))).toBe(made.id);

    const ordering = ['request', receipt, '--quantity', '60', '--gate', gate, '--expires', '24h'];
    const order = done(await desk.as('holder', ...ordering));
    expect(done(await desk.as('warehouse', 'authorize', order))).toBe(order);
    expect(await desk.as('bank', 'expire', order)).toMatchObject({ code: 1 });
    expect(done(await desk.run('show', order, '--lang', 'zh'))).toMatch(/^放行单 +0x.*\n状态 +已批准\n/);
    done(await desk.as('holder', 'cancel', order));
    expect(done(await desk.run('show', order))).toContain('cancelled');
  });

  it('is frozen, held and disputed, and says so; each by the one who may', async () => {
    done(await desk.as('regulator', 'freeze', receipt, '--document', paper()));
    done(await desk.as('inspector', 'hold', receipt, '--evidence', HASH));
    done(await desk.as('warehouse', 'dispute', receipt, '--evidence', HASH));
    expect(await desk.as('holder', 'transfer', receipt, '--to', desk.registry)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/WRONG_STATE: the receipt is frozen or closed/),
    });
    const shown = done(await desk.run('show', receipt));
    expect(shown).toContain('state      live, frozen, held, disputed by the warehouse');
    expect(shown).toMatch(/quantity +100: \d+ pledged, 0 on orders, \d+ free/);
    expect(shown).toMatch(/evidence +a gate needs that of gateway 0x[0-9a-f]{64}, at most 3600 s old/);
    done(await desk.as('regulator', 'freeze', receipt, '--evidence', HASH, '--off'));
    expect(JSON.parse(done(await desk.run('show', receipt, '--json')))).toMatchObject({
      frozen: false,
      held: true,
      disputedBy: ['warehouse'],
    });
  });

  it('is voided by both sides, and its role can be taken back', async () => {
    const goods = ['--location', 'Hall 1', '--lot', 'by mistake', '--document', paper()];
    const issue = ['issue', ...goods, '--holder', holder, '--quantity', '1'];
    const mistaken = done(await desk.as('warehouse', ...issue));
    done(await desk.as('warehouse', 'void', mistaken));
    done(await desk.as('holder', 'void', mistaken));
    expect(done(await desk.run('show', mistaken))).toContain('closed, asked to be voided');
    const warehouse = await desk.person('warehouse');
    done(await desk.as('admin', 'grant', '--role', 'warehouse', '--to', warehouse, '--revoke'));
    expect(await desk.as('warehouse', ...issue)).toMatchObject({
      code: 1,
      err: expect.stringContaining('NOT_PERMITTED: only a warehouse may'),
    });
  });

  it('finds the chain by the configuration of a gateway', async () => {
    using place = new Place();
    writeFileSync(
      place.file,
      `${CONFIGURATION}ledger:
  kind: evm
  url: ${desk.anvil.url}
  chain-id: ${ANVIL_CHAIN_ID}
  contract: '${desk.anchorLog}'
  finality: { depth: 500 }
  account-key: file:gateway.key
  ledger-key: file:gateway.key
`,
    );
    writeFileSync(join(place.root, 'gateway.key'), 'ab'.repeat(32), { mode: 0o600 });
    const config = ['--config', place.file, '--registry', desk.registry];
    // So deep nothing is final yet.
    expect(await desk.bailee('receipts', 'show', receipt, ...config)).toMatchObject({
      code: 1,
      err: 'bailee: nothing stands there at finality\n',
    });
    const shown = await desk.bailee('receipts', 'show', receipt, ...config, '--finality', 'instant');
    expect(shown).toMatchObject({ code: 0, err: '' });
    const late = ['freeze', receipt, '--evidence', HASH, '--wait', '1s', ...config];
    expect(await desk.bailee('receipts', ...late, '--account-key', desk.keyFile('regulator'))).toMatchObject({
      code: 74,
      err: expect.stringContaining('is included, not final'),
    });
  });

  it('says what is wrong with what was written', async () => {
    const id = ['show', '0x12'];
    expect(await desk.run(...id)).toMatchObject({ code: 64, err: 'bailee: "0x12" is not 32 bytes in hex\n' });
    expect(await desk.run('show')).toMatchObject({ code: 64 });
    const mistyped = `0x${holder.slice(2).toUpperCase().replace(/[A-F]/, 'f')}`;
    const pledging = ['pledge', receipt, '--quantity', '1', '--registration', '1'];
    expect(await desk.as('holder', ...pledging, '--to', mistyped)).toMatchObject({
      code: 64,
      err: expect.stringContaining('capital letters do not check'),
    });
    expect(await desk.as('holder', 'freeze', receipt)).toMatchObject({
      code: 64,
      err: 'bailee: give the reason: either --document FILE or --evidence HASH\n',
    });
    expect(await desk.as('nobody', 'void', receipt)).toMatchObject({ code: 78 });
  });
});

describe('a refusal of a gate', () => {
  const why = { code: 'CONDITION', logId: HASH, size: 7n, at: 1_795_000_000 } as const;
  const now = (1_795_000_000 + 95 * 60) * 1000;

  it('tells how old the evidence is', () => {
    expect(refusalText('begin', why, now).en).toContain('newest evidence is 95 min old (2026-11-18T');
    expect(refusalText('begin', why, now).zh).toContain('距今 95 分钟');
    expect(refusalText('begin', { ...why, size: 0n }, now).en).toContain('holds no evidence');
  });
});
