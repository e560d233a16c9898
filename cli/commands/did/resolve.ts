import { Resolver } from "did-resolver";
import { parseDid } from "../../../resolver/did/did.ts";
import { getResolver } from "../../../resolver/get-resolver.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError, type CliErrorCode } from "../../terminal/errors.ts";
import { namedIfGiven } from "../../terminal/named.ts";
import { chainReader, nodeUrl, readDescriptor } from "../../terminal/settings.ts";
import { parseTime } from "../../values/time.ts";
import { parseBlock } from "../../values/whole.ts";

interface Options {
  readonly versionId?: string;
  readonly versionTime?: string;
  readonly proofs?: string;
}

/** `mapae resolve` */
export const add: AddCommand = (program, terminal) => {
  program
    .option("--version-id <block>", "the version in force at a block")
    .option("--version-time <time>", "the version known at a moment, such as 2026-10-01T00:00:00Z")
    .option("--proofs <node>", "ask the node at this URL, and accept only proven answers; no chain is asked")
    .addHelpText(
      "after",
      `
Prints the resolution result: document, document metadata, and as of which block it holds. The events must fold to the
head that the contract holds, so that the chain's server can't leave anything out.
Exit code 3 for a DID that was never written, and for one that is deactivated (whose metadata is printed).

Examples:
  $ mapae resolve did:mapae:local:0x…
  $ mapae resolve did:mapae:local:0x… --version-id 7 --json
  $ mapae resolve did:mapae:local:0x… --proofs http://127.0.0.1:8080`,
    )
    .action(async (did: string, { versionId, versionTime, proofs }: Options, command) => {
      const { options, out } = callOf(terminal, command);
      parseDid(did);
      const block = namedIfGiven("--version-id", versionId, parseBlock);
      const time = namedIfGiven("--version-time", versionTime, parseTime);
      const node = namedIfGiven("--proofs", proofs, nodeUrl);
      const query = new URLSearchParams({
        ...(block !== undefined && { versionId: String(block) }),
        ...(time !== undefined && { versionTime: dateTime(time) }),
      });
      const descriptor = await readDescriptor(terminal, options);
      const resolver = new Resolver(
        node === undefined
          ? getResolver({ networks: [{ descriptor, chain: chainReader(terminal, options) }] })
          : getResolver({ networks: [{ descriptor, nodes: [node] }], proofs: "require" }),
      );
      const result = await resolver.resolve(query.size > 0 ? `${did}?${query}` : did);
      const { error, message } = result.didResolutionMetadata;
      if (error !== undefined) throw new CliError(codeOf(error), String(message ?? error));

      out.answer(result, JSON.stringify(result, null, 2));
      if (result.didDocumentMetadata.deactivated) throw new CliError("DEACTIVATED", `${did} is deactivated`);
    });
};

/** The error code for the spelling of DID Core 1.0 and `did-resolver`: `NOT_FOUND` for `notFound`. */
function codeOf(keyword: string): CliErrorCode {
  return keyword.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase() as CliErrorCode;
}
