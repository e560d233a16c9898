import { stat } from "node:fs/promises";
import type { Terminal } from "../terminal/terminal.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** Whether the keys that sign are kept well. No key at all is fine: a node needs none. */
export async function checkKeys({ env }: Pick<Terminal, "env">, networkName: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (env.MAPAE_PRIVATE_KEY && networkName !== "local") {
    findings.push(
      warning("MAPAE_PRIVATE_KEY", "a private key lies open in the environment: use a keystore (mapae key new)"),
    );
  }
  for (const name of ["MAPAE_KEYSTORE", "MAPAE_KEYSTORE_PASSWORD_FILE"] as const) {
    const path = env[name];
    if (path) findings.push(await checkFile(name, path));
  }
  return findings;
}

async function checkFile(name: string, path: string): Promise<Finding> {
  try {
    const { mode } = await stat(path);
    // Windows has no such bits.
    if (process.platform === "win32" || (mode & 0o077) === 0) return ok(name, `${path} is for its owner alone`);
    return warning(name, `others may read ${path}: chmod 600 ${path}`);
  } catch (error) {
    return warning(name, `${(error as Error).message}: name the right file, or unset ${name}`);
  }
}
