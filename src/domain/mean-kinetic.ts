/**
 * Mean kinetic temperature (USP <1160>): the temperature at which what decays at several would decay
 * as fast. With ΔH = 83.144 kJ/mol, ΔH/R is exactly 10,000 K.
 */
const KELVIN = 10_000;
const ZERO_CELSIUS = 273.15;

/**
 * Speed of decay relative to 20 °C, in steps of 10^-9, so that sums of it are whole numbers. What is
 * hotter than 80 °C counts as 80 °C: far above any limit, and sums stay exact.
 */
const REFERENCE = KELVIN / 293.15;
const STEPS = 1e9;
const HOTTEST = 80;

/** Decay of so many ms at a temperature, °C. */
export function decayOf(celsius: number, ms: number): number {
  const kelvin = Math.min(celsius, HOTTEST) + ZERO_CELSIUS;
  return Math.round((Math.exp(REFERENCE - KELVIN / kelvin) * STEPS * ms) / 1000);
}

/** The mean kinetic temperature of a decay over so many ms, °C. */
export function meanKinetic(decay: number, ms: number): number {
  return KELVIN / (REFERENCE - Math.log((decay * 1000) / ms / STEPS)) - ZERO_CELSIUS;
}
