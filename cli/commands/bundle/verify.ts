import {
  bundleOf,
  type ProofEnvelope,
  ProofError,
  type TrustedValidators,
  verifyEnvelope,
  withDelta,
} from "../../../resolver/index.ts";
import { bundleInWords, describeBundle } from "../../bundle/describe-bundle.ts";
import { readBundleInput } from "../../bundle/read-file.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { readDescriptor } from "../../terminal/settings.ts";

/** `mapae bundle verify` */
export const addBundleVerify: AddCommand = (parent, terminal) => {
  parent
    .command("verify <bundle> [deltas...]")
    .description("verify a bundle, and deltas in order, against the network descriptor, offline")
    .addHelpText(
      "after",
      `
No node and no chain is asked. Exit code 0 when it is proven, 5 when it is not.

Examples:
  $ mapae bundle verify monday.bundle
  $ mapae bundle verify monday.bundle tuesday.bundle --network gov.network.json`,
    )
    .action(async (file: string, deltas: string[], _options: object, command) => {
      const { options, out } = callOf(terminal, command);
      const network = await readDescriptor(terminal, options);
      let envelope: ProofEnvelope | undefined;
      let trusted: TrustedValidators | undefined;
      let size = 0;
      for (const path of [file, ...deltas]) {
        const { bundle, bytes } = await readBundleInput(path);
        size += bytes.length;
        try {
          if (envelope === undefined && bundle.since !== null)
            throw new ProofError("PROOF_DELTA", "It is a delta: name first the bundle that it continues");
          envelope = envelope === undefined ? bundle.envelope : withDelta(envelope, bundle);
          const judged = { now: Date.now() / 1_000, maxAge: Number.POSITIVE_INFINITY, trusted };
          ({ trusted } = await verifyEnvelope(network, envelope, judged));
        } catch (cause) {
          if (!(cause instanceof ProofError)) throw cause;
          const lacks = path !== file && ["PROOF_HISTORY", "PROOF_NODE_MISSING"].includes(cause.code);
          const advice = lacks ? ". A delta continues a bundle of the same types only: else make a whole bundle" : "";
          throw new CliError("NOT_TRUSTED", `${path} is not proven (${cause.code}): ${cause.message}${advice}`, {
            cause,
          });
        }
      }
      const described = describeBundle(bundleOf(envelope as ProofEnvelope));
      out.answer({ proven: true, ...described, bytes: size }, `Proven.\n${bundleInWords(described, size)}`);
    });
};
