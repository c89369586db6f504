/** The version of this program; a test holds it to package.json, which a release does not carry. */
export const VERSION = '0.1.0';
