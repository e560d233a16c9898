import { type Bundle, ProofError, readBundle } from "../../resolver/index.ts";
import { BUNDLE_BOUNDS } from "../../resolver/proofs/bundle.ts";
import { readBytes } from "../files/files.ts";
import { CliError } from "../terminal/errors.ts";

/**
 * Reads the bundle at a path from the command line.
 * @throws CliError `INVALID_INPUT` when it can't be read or is no bundle.
 */
export async function readBundleInput(path: string): Promise<{ readonly bundle: Bundle; readonly bytes: Uint8Array }> {
  const bytes = await readBundleBytes(path);
  try {
    return { bytes, bundle: await readBundle(bytes) };
  } catch (cause) {
    if (!(cause instanceof ProofError)) throw cause;
    throw new CliError("INVALID_INPUT", `${path} is no bundle: ${cause.message}`, { cause });
  }
}

/**
 * The bytes at a path from the command line, which a bundle may have.
 * @throws CliError `INVALID_INPUT`
 */
export function readBundleBytes(path: string): Promise<Uint8Array> {
  return readBytes({ path, what: "bundle", maxBytes: BUNDLE_BOUNDS.bytes });
}
