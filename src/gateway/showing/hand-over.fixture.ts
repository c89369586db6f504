import type { HandOver } from '../../domain/goods/documents.ts';
import { Place } from '../data-directory.fixture.ts';

const CONFIGURATION = `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
zones:
  - { id: dock, title: { en: Dock, zh: 月台 } }
goods: {}
devices:
  - id: reader-1
    driver: llrp
    host: 127.0.0.1
    points:
      - { name: dock, antennas: [1], zone: dock }
  - id: line-1
    driver: modbus-tcp
    host: 127.0.0.1
    slaves:
      - { id: probe-1, unit: 1, profile: xy-md02, every: 10s, zone: dock }
rules: [rules/cold.yaml]
`;
const RULES = `- id: reader-silent
  title: { en: Reader silent, zh: 读写器无数据 }
  basis: R22
  kind: silent
  on: { quantity: tags }
  for: 3 cadences
  clear-after: 1 sample
  priority: medium
`;
export const BY = { actor: 2, role: 'operator', reason: 'the truck is at the dock' } as const;
export const SUPERVISOR = { actor: 3, role: 'supervisor', reason: 'showed his card' } as const;

export function handOverTerms(more: Partial<HandOver> = {}): HandOver {
  return {
    kind: 'hand-over',
    handOver: 'HO-2026-17',
    waybill: 'WB-881',
    giver: 'coldtruck',
    taker: 'store-7',
    goods: { lot: 'beef-0611', epcs: null, amount: { value: 400, exp: 0, unit: '1' } },
    zone: 'dock',
    at: 1_767_225_600_000,
    vehicle: '沪A12345',
    condition: { accepted: true, minutesOutside: 0, note: '' },
    exceptions: [],
    from: null,
    ...more,
  };
}

/** A site with a dock, and goods. */
export function handOverPlace(): Place {
  return new Place(CONFIGURATION, RULES);
}
