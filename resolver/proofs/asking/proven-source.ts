import { answerMetadata, resolveLatest, resolveVersion } from "../../resolution/resolve.ts";
import type { DidSource } from "../../resolution/source.ts";
import { type AskProvenOptions, askProven } from "./ask-proven.ts";

/**
 * Resolves DIDs by proofs from nodes, with one request each. Neither the nodes nor anything between is trusted; that a DID does
 * not exist is proven as well. Older versions are proven from the newest block and all events up to it, and the answer is as of
 * that block.
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
      // No proof has the hash of the block that an older version comes from.
      const { asOf: proven } = answerMetadata(asOf, asOf.time);
      return {
        ...resolution,
        resolutionMetadata: { ...resolution.resolutionMetadata, asOf: proven, proven: true, nodes: [node] },
      };
    },
  };
}
