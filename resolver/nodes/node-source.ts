import { ResolutionError, UnavailableError } from "../errors.ts";
import type { DidSource, SourceOptions, SourceResolution } from "../resolution/source.ts";
import { type AgreeingAnswers, askNodes, earliestOf, type NodeAnswer, type NodesOptions } from "./agreement.ts";
import type { HttpNode } from "./http-node.ts";

/** Most seconds that a node's clock may be behind the verifier's: in between a key may have expired. */
export const MAX_CLOCK_LAG = 300;

type Answer = SourceResolution | ResolutionError;

/**
 * Resolves DIDs by nodes' HTTP API, as {@link askNodes} asks them. Nodes agree when document and document metadata are equal,
 * or when all answer that there is no such DID. A node is trusted for its answer; of k nodes at least one is trusted to be
 * honest.
 *
 * The answer is as of the earliest block among the nodes that agree.
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

/** The newest version is judged by the node's clock, which must not be behind: in between a key may have expired. */
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
  }) as unknown as AgreeingAnswers<SourceResolution>;
  const oldest = earliestOf(resolutions, ({ resolutionMetadata: { asOf } }) => ({
    time: Date.parse(asOf.time),
    number: asOf.block,
  }));
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
