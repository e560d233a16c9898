import { ResolutionError, UnavailableError } from "../errors.ts";
import type { DidSource, SourceOptions, SourceResolution } from "../resolution/source.ts";
import { askNodes, type NodeAnswer, type NodesOptions } from "./agreement.ts";
import type { HttpNode } from "./http-node.ts";

/** A node that judges a moment so many seconds before the verifier's own is not relied on: a key may have run out since. */
export const MAX_CLOCK_LAG = 300;

type Answer = SourceResolution | ResolutionError;

/**
 * DIDs from nodes' HTTP API, as {@link askNodes} asks them. The same are document and document metadata, or that there is no
 * such DID. A node is trusted for what it says; k of them are trusted not to lie the same.
 *
 * The answer holds as of the oldest block among those that agree.
 *
 * @throws ResolverOptionsError
 */
export function nodeSource(options: NodesOptions): DidSource {
  const ask = askNodes(options);
  return {
    async resolve(did, question) {
      const group = await ask<Answer>({
        about: did.did,
        ask: async (node) => {
          const answer = await node.resolve(did, question);
          expectRecent(node, answer, question, options.now());
          return answer;
        },
        keyOf,
        describe,
      });
      return settled(group);
    },
  };
}

/** The newest version is judged at the node's clock, which must not be behind: a key may have run out since. */
function expectRecent(node: HttpNode, answer: Answer, question: SourceOptions, now: number): void {
  if (answer instanceof ResolutionError || question.versionId !== undefined || question.versionTime !== undefined)
    return;
  const { at } = answer.resolutionMetadata;
  if (Date.parse(at) / 1_000 >= now - MAX_CLOCK_LAG) return;
  throw new UnavailableError(
    `Could not ask the node at ${node.name}: it judges ${at}, more than ${MAX_CLOCK_LAG} s before now; compare clocks`,
  );
}

function keyOf(answer: Answer): string {
  return answer instanceof ResolutionError ? answer.code : JSON.stringify([answer.document, answer.documentMetadata]);
}

function settled(group: readonly NodeAnswer<Answer>[]): SourceResolution {
  const nodes = group.map(({ node }) => node.name);
  const resolutions = group.map(({ answer }) => {
    if (answer instanceof ResolutionError) throw answer;
    return answer;
  });
  const oldest = resolutions.reduce((a, b) =>
    b.resolutionMetadata.asOf.block < a.resolutionMetadata.asOf.block ? b : a,
  );
  const stale = resolutions.some(({ resolutionMetadata }) => resolutionMetadata.stale);
  return {
    ...oldest,
    resolutionMetadata: { ...oldest.resolutionMetadata, ...(stale && { stale: true as const }), nodes },
  };
}

function describe(answer: Answer): string {
  if (answer instanceof ResolutionError) return answer.code;
  const { documentMetadata, resolutionMetadata } = answer;
  return `version ${documentMetadata.versionId} as of block ${resolutionMetadata.asOf.block}`;
}
