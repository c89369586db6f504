import type { FieldValue, LlrpNode } from './node.ts';

/** What of a reader's answer to GET_READER_CAPABILITIES decides how it is set up. */
export type Capabilities = {
  readonly vendor: number;
  readonly model: number;
  readonly firmware: string;
  readonly antennas: number;
  /** Transmit power by its index in the reader's table, 1/100 dBm. */
  readonly powers: ReadonlyMap<number, number>;
  readonly modes: readonly number[];
  /** Where the reader hops, the table it hops by; else null: then it stays on its first channel. */
  readonly hopTable: number | null;
};

export function readCapabilities(answer: LlrpNode): Capabilities {
  const general = child(answer, 'GeneralDeviceCapabilities');
  const band = child(child(answer, 'RegulatoryCapabilities'), 'UHFBandCapabilities');
  const frequencies = child(band, 'FrequencyInformation');
  const modes = (band?.params ?? [])
    .filter((p) => p.name === 'C1G2UHFRFModeTable')
    .flatMap((p) => p.params ?? []);
  const powers = (band?.params ?? []).filter((p) => p.name === 'TransmitPowerLevelTableEntry');
  const isHopping = frequencies?.fields?.['Hopping'] === true;
  return {
    vendor: numeric(general, 'DeviceManufacturerName') ?? 0,
    model: numeric(general, 'ModelName') ?? 0,
    firmware: textual(general, 'ReaderFirmwareVersion'),
    antennas: numeric(general, 'MaxNumberOfAntennaSupported') ?? 0,
    powers: new Map(powers.map((p) => [numeric(p, 'Index') ?? 0, numeric(p, 'TransmitPowerValue') ?? 0])),
    modes: modes.map((m) => numeric(m, 'ModeIdentifier') ?? 0),
    hopTable: isHopping ? numeric(child(frequencies, 'FrequencyHopTable'), 'HopTableID') : null,
  };
}

/** The first parameter of this name; undefined when there is none. */
export function child(node: LlrpNode | undefined, name: string): LlrpNode | undefined {
  return node?.params?.find((p) => p.name === name);
}

export function numeric(node: LlrpNode | undefined, field: string): number | null {
  const value: FieldValue | undefined = node?.fields?.[field];
  return typeof value === 'number' ? value : null;
}

export function textual(node: LlrpNode | undefined, field: string): string {
  const value = node?.fields?.[field];
  return typeof value === 'string' ? value : '';
}
