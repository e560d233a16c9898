import { stat } from "node:fs/promises";
import { sharedWith } from "../../node/files/secret-file.ts";
import { CliError } from "../terminal/errors.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";

/** Variables that name files with keys or passwords; the one of the signers is a list. */
const SECRET_FILES = [
  "MAPAE_KEYSTORE",
  "MAPAE_KEYSTORE_PASSWORD_FILE",
  "MAPAE_SIGNER_FILES",
  "MAPAE_SIGNER_PASSWORD_FILE",
  "MAPAE_SIGNER_PKCS11_PIN_FILE",
] as const;

/** Whether signing keys are stored safely. It is no fault to have none: a node needs no key. */
export async function checkKeys({ env }: Pick<Terminal, "env">, networkName: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (env.MAPAE_PRIVATE_KEY && networkName !== "local") {
    findings.push(
      warning("MAPAE_PRIVATE_KEY", "a private key lies open in the environment: use a keystore (mapae key new)"),
    );
  }
  for (const name of SECRET_FILES) {
    for (const path of env[name]?.split(",") ?? []) if (path !== "") findings.push(await checkFile(name, path));
  }
  return findings;
}

async function checkFile(name: string, path: string): Promise<Finding> {
  try {
    const others = sharedWith(await stat(path));
    if (others === undefined) return ok(name, `${path} is not open to others`);
    return fault(
      name,
      new CliError("INVALID_INPUT", `${path} is open to ${others}, so it is refused: chmod 600 ${path}`),
    );
  } catch (error) {
    return warning(name, `${(error as Error).message}: name the right file, or unset ${name}`);
  }
}
