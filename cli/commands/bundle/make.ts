import { BundleFetchError, BundleUrl } from "../../../gate/sources/url.ts";
import { ProofError, readBundle, verifyEnvelope } from "../../../resolver/index.ts";
import { bundleInWords, describeBundle } from "../../bundle/describe-bundle.ts";
import { writeWhole } from "../../files/files.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named, namedIfGiven } from "../../terminal/named.ts";
import { nodeUrl, readDescriptor } from "../../terminal/settings.ts";
import { typeIdOf } from "../../trust/terms.ts";
import { parseBlock } from "../../values/whole.ts";

interface Options {
  readonly types?: string;
  readonly since?: string;
  readonly node: string;
  readonly out: string;
}

/** `mapae bundle make` */
export const addBundleMake: AddCommand = (parent, terminal) => {
  parent
    .command("make")
    .description("let a node make a bundle of some credential types, verify it, and write it to a file")
    .option(
      "--types <uris>",
      "URIs or ids of credential types, separated by commas (default: all types of the network)",
    )
    .option("--since <block>", "make a delta: what has changed since the block of a bundle of the same types")
    .option("--node <url>", "the node that makes the bundle", "http://127.0.0.1:8080")
    .option("--out <file>", "the file to write", "mapae.bundle")
    .addHelpText(
      "after",
      `
The node is not trusted: its bundle is verified by the network descriptor, as a gate does it. A delta can be verified
only together with the bundle that it continues: mapae bundle verify.

Examples:
  $ mapae bundle make --out monday.bundle
  $ mapae bundle make --types https://types.example/official-id/v1 --since 4711 --out tuesday.bundle`,
    )
    .action(async ({ types, since, node, out }: Options, command) => {
      const call = callOf(terminal, command);
      const block = namedIfGiven("--since", since, parseBlock);
      const from = named("--node", () => nodeUrl(node));
      namedIfGiven("--types", types, (all) => all.split(",").map(typeIdOf));
      const network = await readDescriptor(terminal, call.options);
      const bytes = await fetched(`${from}/bundles?types=${encodeURIComponent(types ?? "")}`, block);
      if (bytes === undefined)
        throw new CliError("UNAVAILABLE", `Nothing is new since block ${block}: ask again later`);
      try {
        const bundle = await readBundle(bytes);
        if (bundle.since === null)
          await verifyEnvelope(network, bundle.envelope, { now: Date.now() / 1_000, maxAge: Number.POSITIVE_INFINITY });
        await named("--out", () => writeWhole(out, bytes));
        const described = describeBundle(bundle);
        call.out.answer(
          { file: out, bytes: bytes.length, ...described },
          `${bundleInWords(described, bytes.length)}\n  file     ${out}`,
        );
      } catch (cause) {
        if (!(cause instanceof ProofError)) throw cause;
        throw new CliError("NOT_TRUSTED", `The bundle of the node is not proven (${cause.code}): ${cause.message}`, {
          cause,
        });
      }
    });
};

async function fetched(url: string, since: number | undefined): Promise<Uint8Array | undefined> {
  try {
    return await new BundleUrl({ url }).fetch(since);
  } catch (cause) {
    if (cause instanceof BundleFetchError) throw new CliError("UNAVAILABLE", cause.message, { cause });
    throw cause;
  }
}
