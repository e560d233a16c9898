import { MAX_PASSWORD_BYTES } from "../../node/files/secret-file.ts";
import { CliError } from "../terminal/errors.ts";
import { askSecret, type Terminal } from "../terminal/terminal.ts";
import { readSecret } from "./files.ts";

/** Shortest password of a new key, in characters. */
const MIN_LENGTH = 8;

/** The variables that give a password, by what it protects: the first one names a file, the second one has the password. */
const VARIABLES = {
  keystore: ["MAPAE_KEYSTORE_PASSWORD_FILE", "MAPAE_KEYSTORE_PASSWORD"],
  "key file": ["MAPAE_SIGNER_PASSWORD_FILE"],
} as const;

/** What a password protects: the key of an account, or one that signs status lists, tokens or blocks. */
export type Protected = keyof typeof VARIABLES;

/**
 * The password of a keystore or key file: from the environment, from the file that it names, or from the person at the terminal.
 * @throws CliError `INVALID_INPUT`; what {@link askSecret} throws.
 */
export async function passwordOf(terminal: Terminal, what: Protected, path: string): Promise<string> {
  return (await given(terminal, what)) ?? ask(terminal, what, `Password of ${path}: `);
}

/**
 * The password for a new keystore or key file. A person types it twice, because a mistyped one would lose the key.
 * @throws CliError `INVALID_INPUT`, also for one that is too short or not the same twice; what {@link askSecret} throws.
 */
export async function newPassword(terminal: Terminal, what: Protected, path: string): Promise<string> {
  const before = await given(terminal, what);
  const password = before ?? (await ask(terminal, what, `New password for ${path}: `));
  if (password.length < MIN_LENGTH)
    throw new CliError("INVALID_INPUT", `A password has at least ${MIN_LENGTH} characters`);
  if (before === undefined && (await ask(terminal, what, "The same again: ")) !== password) {
    throw new CliError("INVALID_INPUT", "The two passwords differ, so no key was made: call it again");
  }
  return password;
}

async function given({ env }: Terminal, what: Protected): Promise<string | undefined> {
  const [file, value] = VARIABLES[what];
  const password = value && env[value];
  if (password !== undefined) return password.normalize("NFC");
  const path = env[file];
  if (!path) return undefined;
  const text = await readSecret({ path, what: `${what}'s password file`, maxBytes: MAX_PASSWORD_BYTES });
  return text.replace(/\r?\n$/, "").normalize("NFC");
}

function ask(terminal: Terminal, what: Protected, question: string): Promise<string> {
  return askSecret(terminal, question, VARIABLES[what].join(" or "));
}
