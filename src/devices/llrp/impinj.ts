/**
 * Parameters of vendor 25882 that a report bears or that ask for them, by subtype, written as the
 * generated table is: the numbers are those of Impinj's Octane LLRP programmer's guide.
 */
export const IMPINJ: readonly string[] = [
  'p 23 ImpinjInventorySearchMode InventorySearchMode:u16 Custom*',
  'p 50 ImpinjTagReportContentSelector Custom*',
  'p 51 ImpinjEnableSerializedTID SerializedTIDMode:u16 Custom*',
  'p 52 ImpinjEnableRFPhaseAngle RFPhaseAngleMode:u16 Custom*',
  'p 53 ImpinjEnablePeakRSSI PeakRSSIMode:u16 Custom*',
  'p 55 ImpinjSerializedTID TID:u16v',
  'p 56 ImpinjRFPhaseAngle PhaseAngle:u16',
  'p 57 ImpinjPeakRSSI RSSI:s16',
  'p 67 ImpinjEnableRFDopplerFrequency RFDopplerFrequencyMode:u16 Custom*',
  'p 68 ImpinjRFDopplerFrequency DopplerFrequency:s16',
];
