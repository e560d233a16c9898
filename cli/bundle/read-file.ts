import { readBundleFile } from "../../gate/sources/file.ts";
import { type Bundle, ProofError, readBundle } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";

/** A bundle's file. */
export interface ReadFile {
  readonly bundle: Bundle;
  readonly bytes: Uint8Array;
}

/**
 * Reads the bundle at a path from the command line.
 * @throws CliError `INVALID_INPUT` when it can't be read or is no bundle.
 */
export async function readBundleInput(path: string): Promise<ReadFile> {
  try {
    const bytes = await readBundleFile(path);
    return { bytes, bundle: await readBundle(bytes) };
  } catch (cause) {
    const { message } = cause as Error;
    const what = cause instanceof ProofError ? `${path} is no bundle` : `Can't read the bundle at ${path}`;
    throw new CliError("INVALID_INPUT", `${what}: ${message}`, { cause });
  }
}
