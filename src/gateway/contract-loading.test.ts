import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '..');

/** All that is loaded with these files, without what is imported when it is needed. */
function loadedWith(...files: readonly string[]): Set<string> {
  const found = new Set<string>();
  const walk = (file: string): void => {
    if (found.has(relative(SRC, file))) return;
    found.add(relative(SRC, file));
    const imports = readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)(?! type)[^;']*?from '(\.[^']+)';/gm,
    );
    for (const [, to = ''] of imports) walk(join(dirname(file), to));
  };
  for (const file of files) walk(join(SRC, file));
  return found;
}

it('a running gateway holds nothing of the contracts, whose interfaces are large, before it needs them', () => {
  const registry = 'anchoring/evm/generated/receipt-registry.ts';
  const anchorLog = 'anchoring/evm/generated/anchor-log.ts';
  const running = loadedWith('main.ts', 'gateway/gateway.ts');
  expect(running).toContain('gateway/recording.ts');
  expect(running).not.toContain(anchorLog);
  expect(running).not.toContain(registry);
  expect(loadedWith('gateway/heads/anchoring.ts')).toContain(anchorLog);
  expect(loadedWith('gateway/heads/receipt-acts.ts')).toContain(registry);
});

it('a running gateway without events of EPCIS loads nothing of them, nor of their repository', () => {
  const running = loadedWith('main.ts', 'gateway/gateway.ts', 'gateway/site/faces.ts');
  expect(running).toContain('api/epcis-handlers.ts');
  expect([...running].filter((file) => /^(?:epcis|notify\/epcis)\//.test(file))).toEqual([]);
  expect(running).not.toContain('gateway/epcis.ts');
  expect(loadedWith('gateway/epcis.ts')).not.toContain('notify/epcis/capture.ts');
});

it('a running gateway without goods holds no state of theirs', () => {
  const running = loadedWith('main.ts', 'gateway/gateway.ts');
  expect(running).toContain('gateway/site/goods-room.ts');
  for (const file of ['goods.ts', 'items.ts', 'item-table.ts', 'stock.ts', 'control.ts', 'passages.ts'])
    expect(running).not.toContain(`goods/${file}`);
  expect(loadedWith('gateway/showing/goods-desk.ts')).toContain('goods/stock.ts');
});
