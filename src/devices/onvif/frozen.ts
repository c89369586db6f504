/** So many pictures in a row that are all alike, or all different, tell (control rule R31). */
const ENOUGH = 3;

/**
 * Whether the pictures of a camera still change. A blank picture is always the same, too; a real one never
 * is: there is noise in it.
 */
export class FrozenPicture {
  readonly #last: string[] = [];
  #v: 0 | 1 | null = null;

  /** Takes the hash of the next picture, and gives 1 for frozen, 0 for alive, null while it is not known. */
  take(hash: string): 0 | 1 | null {
    this.#last.push(hash);
    if (this.#last.length > ENOUGH) this.#last.shift();
    const different = new Set(this.#last).size;
    if (this.#last.length < ENOUGH) return this.#v;
    if (different === 1) this.#v = 1;
    else if (different === ENOUGH) this.#v = 0;
    return this.#v;
  }
}
