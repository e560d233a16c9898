import { answerMetadata, resolveLatest, resolveVersion } from "../../resolution/resolve.ts";
import type { DidSource } from "../../resolution/source.ts";
import { type AskProvenOptions, askProven } from "./ask-proven.ts";

/**
 * DIDs from nodes that prove what they answer, at one request each. No node is trusted, nor anything between: a DID that does not
 * exist is proven not to. Older versions are proven by the newest block and all events behind it, and hold as of that block.
 */
export function provenSource(options: AskProvenOptions): DidSource {
  const { chainId } = options.descriptor;
  return {
    async resolve(did, { versionId, versionTime }) {
      const { address } = did;
      const path = `/proofs/dids/${did.did}`;
      const { asOf, state, node } = await askProven(options, {
        about: did.did,
        path,
        expect: (proven) => void proven.state("did", address),
      });
      const context = { did, chainId, asOf, now: options.now() };
      const isNewest = versionId === undefined && versionTime === undefined;
      const resolution = isNewest
        ? resolveLatest(context, state.state("did", address))
        : await resolveVersion(context, state.events("did", address), {
            ...(versionId !== undefined && { versionId }),
            ...(versionTime !== undefined && { versionTime }),
          });
      // The hash of the block that made an older version is in no proof.
      const { asOf: proven } = answerMetadata(asOf, asOf.time);
      return {
        ...resolution,
        resolutionMetadata: { ...resolution.resolutionMetadata, asOf: proven, proven: true, nodes: [node] },
      };
    },
  };
}
