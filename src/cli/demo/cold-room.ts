/** What a cold room does to its air, roughly: enough to look like one within a minute. */
export class ColdRoom {
  celsius: number;
  percent: number;
  isOpen = false;

  constructor(celsius: number, percent: number) {
    this.celsius = celsius;
    this.percent = percent;
  }

  /** Lets time pass: a first-order approach to the air behind the door, or to what the cooling holds. */
  pass(seconds: number): void {
    const { celsius, percent, tau } = this.isOpen ? DOOR_OPEN : COOLING;
    const share = 1 - Math.exp(-seconds / tau);
    this.celsius += (celsius - this.celsius) * share;
    this.percent += (percent - this.percent) * share;
  }
}

/** Targets in °C and % relative humidity, time constants in seconds; 5 to 8 °C takes 11 s. */
const DOOR_OPEN = { celsius: 16, percent: 74, tau: 35 } as const;
const COOLING = { celsius: 4.8, percent: 52, tau: 15 } as const;
