/** PEM texts: whom we trust, and who we are. */
export type TlsFiles = { readonly ca?: string; readonly cert?: string; readonly key?: string };

/** Reads what is referred to (`file:…`, `credential:…`). Rejects with a ConfigError when one is missing. */
export async function readTlsFiles(
  references: { readonly [file in keyof TlsFiles]: string | undefined },
  secret: (reference: string) => Promise<string>,
): Promise<TlsFiles> {
  const files: { -readonly [file in keyof TlsFiles]: TlsFiles[file] } = {};
  for (const name of ['ca', 'cert', 'key'] as const) {
    const reference = references[name];
    if (reference !== undefined) files[name] = await secret(reference);
  }
  return files;
}
