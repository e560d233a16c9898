import { execFile } from "node:child_process";
import { join } from "node:path";
import type { ExampleConfig } from "../shared/config.ts";

const COMMAND = join(import.meta.dirname, "..", "..", "..", "cli", "mapae.mjs");

/** Time limit of a command, which waits for the chain, in milliseconds. */
const TIMEOUT_MS = 120_000;

/** A command of `mapae` failed; the message is its output. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code = "MAPAE_COMMAND";
}

/** Runs `mapae`, which writes to the chain for an issuer, and returns its JSON answer. */
export type Mapae = (args: readonly string[], keystore?: string) => Promise<unknown>;

/**
 * Runs the command line, one command after the other: two in parallel would use the same nonce of the account.
 *
 * @returns a function that throws a CommandError with the output of a failed command.
 */
export function mapaeCommand({ network, chain, password }: ExampleConfig): Mapae {
  let last: Promise<unknown> = Promise.resolve();
  const run = (args: readonly string[], keystore?: string) =>
    new Promise<unknown>((resolve, reject) => {
      const env = {
        ...process.env,
        MAPAE_NETWORK: network,
        MAPAE_RPC_URLS: chain,
        MAPAE_KEYSTORE_PASSWORD_FILE: password,
        MAPAE_SIGNER_PASSWORD_FILE: password,
        ...(keystore !== undefined && { MAPAE_KEYSTORE: keystore }),
      };
      execFile(
        process.execPath,
        [COMMAND, ...args, "--json"],
        { env, timeout: TIMEOUT_MS },
        (error, stdout, stderr) => {
          if (error === null) resolve(JSON.parse(stdout));
          else reject(new CommandError(`mapae ${args.slice(0, 2).join(" ")}: ${stderr.trim() || error.message}`));
        },
      );
    });
  return (args, keystore) => {
    const result = last.then(() => run(args, keystore));
    last = result.catch(() => undefined);
    return result;
  };
}
