import { utf8Text } from "../files/bounded-file.ts";
import { MAX_PASSWORD_BYTES, SecretFileError, secretFile } from "../files/secret-file.ts";
import { KeyFileError, MAX_KEY_FILE_BYTES, openKey } from "./key-file.ts";
import { openModule } from "./pkcs11/open-module.ts";
import type { TokenOptions } from "./pkcs11/token.ts";
import type { Signer } from "./signer.ts";

/** A hardware module: the path of its library, the label of its token and the path of the file with the PIN. */
export interface HardwareModule {
  readonly module: string;
  readonly token: string;
  readonly pinFile: string;
}

export interface SignerFiles {
  /** Paths of key files of `mapae signer new`, all with the same password. */
  readonly files: readonly string[];
  /** Path of the file with their password; `null` only when there are no key files. */
  readonly passwordFile: string | null;
  readonly pkcs11?: HardwareModule | null;
}

/**
 * Opens the keys with which a node signs status lists and attests blocks: those of files, then those of a hardware module.
 * @throws KeyFileError naming the file; SecretFileError when other users can reach it; Pkcs11Error.
 */
export async function openSigners(config: SignerFiles): Promise<Signer[]> {
  return [...(await openFiles(config)), ...(await openHardware(config))];
}

async function openHardware({ pkcs11 }: SignerFiles): Promise<Signer[]> {
  return pkcs11 ? openModule(await tokenOf(pkcs11)) : [];
}

/**
 * The token of a module, with its PIN.
 * @throws SecretFileError when other users can read the PIN.
 */
export async function tokenOf({ module, token, pinFile }: HardwareModule): Promise<TokenOptions> {
  return { module, token, pin: await readSecret(pinFile) };
}

async function openFiles({ files, passwordFile }: SignerFiles): Promise<Signer[]> {
  if (files.length === 0 || passwordFile === null) return [];
  const password = await readSecret(passwordFile);
  // In parallel, because deriving a key from a password takes a third of a second.
  return Promise.all(files.map((file) => openFile(file, password)));
}

async function openFile(file: string, password: string): Promise<Signer> {
  try {
    return await openKey(await read(file, MAX_KEY_FILE_BYTES), password);
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    throw new KeyFileError(error.code, `Can't open the key file ${file}: ${error.message}`, { cause: error });
  }
}

async function readSecret(path: string): Promise<string> {
  return (await read(path, MAX_PASSWORD_BYTES)).replace(/\r?\n$/, "").normalize("NFC");
}

async function read(path: string, maxBytes: number): Promise<string> {
  try {
    const bytes = await secretFile(path, maxBytes);
    if (bytes === undefined) throw new KeyFileError("KEY_FILE_MALFORMED", `${path} has more than ${maxBytes} bytes`);
    return utf8Text(bytes);
  } catch (cause) {
    if (cause instanceof KeyFileError || cause instanceof SecretFileError) throw cause;
    throw new KeyFileError("KEY_FILE_MALFORMED", `Can't read ${path}: ${(cause as Error).message}`, { cause });
  }
}
