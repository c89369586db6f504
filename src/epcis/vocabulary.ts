import { BIZ_STEPS } from '../domain/epcis-events.ts';

/** Where bare words of JSON-LD are terms, by the field and the one around it, and what their full names begin with. */
type Terms = { readonly prefix: string; readonly words: ReadonlySet<string> };

function terms(prefix: string, words: string): Terms {
  return { prefix, words: new Set(words.split(/\s+/)) };
}

const DISPOSITION = terms(
  'cbv:Disp-',
  `active available completeness_verified completeness_inferred conformant container_closed container_open damaged
  destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_instance mismatch_class
  mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled
  reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown`,
);
const PARTY = terms('cbv:SDT-', 'owning_party possessing_party location');

/** The terms of the GS1 contexts for EPCIS 2.0.0, 2.1.0 (draft) and without a version: the same in all three. */
export const TERMS: Readonly<Record<string, Terms>> = {
  '/bizStep': terms('cbv:BizStep-', BIZ_STEPS.join(' ')),
  '/disposition': DISPOSITION,
  'persistentDisposition/set': DISPOSITION,
  'persistentDisposition/unset': DISPOSITION,
  'bizTransactionList/type': terms(
    'cbv:BTT-',
    'bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt',
  ),
  'sourceList/type': PARTY,
  'destinationList/type': PARTY,
  'sensorReport/type': terms(
    'gs1:',
    `AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Radioactivity Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance
    Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity
    ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency
    Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux
    LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate
    MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux
    RadiantIntensity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed SurfaceDensity
    SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber`,
  ),
  'sensorReport/exception': terms('gs1:', 'ALARM_CONDITION ERROR_CONDITION'),
  'sensorReport/component': terms(
    'cbv:Comp-',
    `x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting northing latitude
    longitude altitude`,
  ),
};

export const CBV_BASE = 'https://ref.gs1.org/cbv/';
/** Of measurement types and sensor exceptions, since 2026; release 1.9.3 of the reference had https://gs1.org/voc/. */
export const GS1_BASE = 'https://ref.gs1.org/voc/';
export const EPCIS_BASE = 'https://ref.gs1.org/epcis/';

/** Words of CBV 1.x, which were URNs. */
const URNS = {
  'urn:epcglobal:cbv:bizstep:': 'BizStep-',
  'urn:epcglobal:cbv:disp:': 'Disp-',
  'urn:epcglobal:cbv:btt:': 'BTT-',
  'urn:epcglobal:cbv:sdt:': 'SDT-',
  'urn:epcglobal:cbv:er:': 'ER-',
} as const;

/** The web address of a word of GS1's vocabularies; any other value as it is. */
export function canonicalWord(text: string, gs1Base: string): string {
  const [, prefix = '', rest = ''] = /^(gs1|cbv|epcis):(.*)$/s.exec(text) ?? [];
  if (prefix !== '') return ({ gs1: gs1Base, cbv: CBV_BASE, epcis: EPCIS_BASE }[prefix] ?? '') + rest;
  for (const [urn, word] of Object.entries(URNS))
    if (text.startsWith(urn)) return CBV_BASE + word + text.slice(urn.length);
  return text;
}
