import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile, generated } from './compile.ts';

const target = join(import.meta.dirname, '../src/anchoring/evm/generated/anchor-log.ts');

mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, generated('anchorLog', compile('AnchorLog.sol', 'AnchorLog')));
