import { KeyFileError, MAX_KEY_FILE_BYTES, openKey } from "../../node/issuing/key-file.ts";
import type { Signer } from "../../node/issuing/signer.ts";
import { CliError } from "../terminal/errors.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readSecret } from "./files.ts";
import { passwordOf } from "./password.ts";

/**
 * Opens a key file with the password in the file that MAPAE_SIGNER_PASSWORD_FILE names, or asks for it.
 * @throws CliError `INVALID_INPUT`
 */
export async function openKeyFile(terminal: Terminal, file: string): Promise<Signer> {
  const text = await readSecret({ path: file, what: "key file", maxBytes: MAX_KEY_FILE_BYTES });
  const password = await passwordOf(terminal, "key file", file);
  try {
    return await openKey(text, password);
  } catch (cause) {
    if (!(cause instanceof KeyFileError)) throw cause;
    throw new CliError("INVALID_INPUT", `Can't open the key file ${file}: ${cause.message}`, { cause });
  }
}
