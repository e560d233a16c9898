import { stat } from "node:fs/promises";
import type { NodeConfig } from "../../node/config/config.ts";
import { sharedWith } from "../../node/files/secret-file.ts";
import { openSigners } from "../../node/issuing/open-signers.ts";
import { operatorAmong } from "../../node/issuing/operator.ts";
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

/**
 * Whether the node attests blocks with a key that the descriptor names. A hardware module is not opened, because tokens count
 * wrong PINs.
 */
export async function checkOperator({ network, signers }: Pick<NodeConfig, "network" | "signers">): Promise<Finding[]> {
  const { consensus } = network;
  try {
    const operator = operatorAmong(await openSigners({ ...signers, pkcs11: null }), network);
    if (consensus.kind !== "attested") return [];
    const { threshold, operators } = consensus;
    const rule = `${threshold} of ${operators.length} operators must`;
    const isModule = operator === undefined && signers.pkcs11 != null;
    if (isModule)
      return [ok("operator", `the hardware module was not asked for an operator's key; ${rule} attest a block`)];
    if (operator === undefined) return [ok("operator", `no operator's key: this node attests no block; ${rule}`)];
    return [ok("operator", `attests blocks as ${operator.name}; ${rule}`)];
  } catch (error) {
    return [fault("operator", error)];
  }
}
