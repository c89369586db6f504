// Written by scripts/build-epc-tables.ts from GS1 Tag Data Translation 2.2 (https://github.com/gs1/TDT, Apache-2.0).
/** The '+' schemes: a header, data toggle, filter and application identifiers. */
export const PLUS_SCHEMES = [
  { name: 'CPI+', header: 240, ais: ['8010', '8011'], dates: [], qualifiers: ['8011'] },
  {
    name: 'DSGTIN+',
    header: 251,
    ais: ['01', '21'],
    dates: ['11', '13', '15', '16', '17', '7006', '7007'],
    qualifiers: ['22', '10', '21'],
  },
  { name: 'GDTI+', header: 246, ais: ['253'], dates: [], qualifiers: [] },
  { name: 'GIAI+', header: 250, ais: ['8004'], dates: [], qualifiers: [] },
  { name: 'GRAI+', header: 241, ais: ['8003'], dates: [], qualifiers: [] },
  { name: 'GSRN+', header: 244, ais: ['8018'], dates: [], qualifiers: ['8019'] },
  { name: 'GSRNP+', header: 245, ais: ['8017'], dates: [], qualifiers: ['8019'] },
  { name: 'ITIP+', header: 243, ais: ['8006', '21'], dates: [], qualifiers: ['22', '10', '21'] },
  { name: 'SGCN+', header: 248, ais: ['255'], dates: [], qualifiers: [] },
  { name: 'SGLN+', header: 242, ais: ['414', '254'], dates: [], qualifiers: ['254'] },
  { name: 'SGTIN+', header: 247, ais: ['01', '21'], dates: [], qualifiers: ['22', '10', '21'] },
  { name: 'SSCC+', header: 249, ais: ['00'], dates: [], qualifiers: [] },
] as const;
