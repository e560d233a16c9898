import { type GoProgram, type InstallOptions, installProgram } from "../go-program.ts";

/** The last geth with Clique, and so the last one that can run several validators without another program. */
export const GETH_VERSION = "1.13.15";

export const GETH: GoProgram = {
  name: "geth",
  version: GETH_VERSION,
  source: `github.com/ethereum/go-ethereum/cmd/geth@v${GETH_VERSION}`,
  // One of its dependencies uses internals of Go's runtime, which Go 1.23 and later do not link by default.
  flags: ["-ldflags=-checklinkname=0"],
  go: "1.23",
  script: "test:chain",
  printed: { by: "version", pattern: /^Version: ([0-9.]+)-stable$/m },
};

/**
 * Builds geth, unless it is already built.
 *
 * @returns the path of the program.
 * @throws GoProgramError
 */
export function installGeth(options: InstallOptions = {}): Promise<string> {
  return installProgram(GETH, options);
}
