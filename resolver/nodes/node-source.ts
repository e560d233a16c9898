import type { MapaeDid } from "../did/did.ts";
import { NodesDisagreeError, ResolutionError, ResolverOptionsError, UnavailableError } from "../errors.ts";
import type { Fetch } from "../http/request.ts";
import type { NetworkDescriptor } from "../network.ts";
import type { DidSource, SourceOptions, SourceResolution } from "../resolution/source.ts";
import { type HttpNode, httpNode } from "./http-node.ts";

/** A node that judges a moment so many seconds before the verifier's own is not relied on: a key may have run out since. */
export const MAX_CLOCK_LAG = 300;

/** Seconds in which a node that could not be asked is asked after the others. */
export const REST_SECONDS = 30;

export interface NodeSourceOptions {
  readonly descriptor: NetworkDescriptor;
  /** URLs of nodes of the network, in order of preference. */
  readonly nodes: readonly string[];
  /** How many of them have to answer the same; 1 unless given. */
  readonly agreement?: number | undefined;
  /** Milliseconds for a whole request to one node; 5 000 unless given. */
  readonly timeout?: number | undefined;
  readonly fetch?: Fetch | undefined;
  /** The verifier's clock, in Unix seconds. */
  readonly now: () => number;
}

interface Answer {
  readonly node: HttpNode;
  readonly answer: SourceResolution | ResolutionError;
  /** Equal for answers that are the same, whatever block they hold as of. */
  readonly key: string;
}

/**
 * DIDs from nodes' HTTP API. The first is asked as long as it answers, then the next; with an agreement of k, so many at
 * once, and then others in place of those that could not be asked or differ. The same are document and document metadata,
 * or that there is no such DID. A node is trusted for what it says; k of them are trusted not to lie the same.
 *
 * The answer holds as of the oldest block among those that agree.
 *
 * @throws ResolverOptionsError for no node, one twice, an unusable URL, or an agreement of more than there are.
 */
export function nodeSource(options: NodeSourceOptions): DidSource {
  const { descriptor, agreement = 1, timeout = 5_000, fetch = globalThis.fetch, now } = options;
  const nodes = expectUsable(options).map((url) => httpNode({ url, chainId: descriptor.chainId, timeout, fetch }));
  /** When each node that failed did so last, in Unix seconds. */
  const failedAt = new Map<HttpNode, number>();

  const ask = async (node: HttpNode, did: MapaeDid, question: SourceOptions): Promise<Answer> => {
    try {
      const answer = await node.resolve(did, question);
      expectRecent(node, answer, question, now());
      failedAt.delete(node);
      return { node, answer, key: keyOf(answer) };
    } catch (error) {
      failedAt.set(node, now());
      throw error;
    }
  };

  return {
    async resolve(did, question) {
      const rests = (node: HttpNode) => now() - (failedAt.get(node) ?? Number.NEGATIVE_INFINITY) < REST_SECONDS;
      const queue = [...nodes].sort((a, b) => Number(rests(a)) - Number(rests(b)));
      const groups = new Map<string, Answer[]>();
      const failures: unknown[] = [];
      for (let largest: Answer[] = []; ; ) {
        const asked = queue.splice(0, agreement - largest.length);
        if (asked.length === 0) throw verdict(did, agreement, [...groups.values()], failures);
        for (const one of await Promise.allSettled(asked.map((node) => ask(node, did, question)))) {
          if (one.status === "rejected") failures.push(one.reason);
          else groups.set(one.value.key, [...(groups.get(one.value.key) ?? []), one.value]);
        }
        for (const group of groups.values()) if (group.length > largest.length) largest = group;
        if (largest.length >= agreement) return settled(largest);
      }
    },
  };
}

function expectUsable({ nodes, agreement = 1 }: NodeSourceOptions): readonly string[] {
  // Not shown: a URL may hold a password.
  const unusable = nodes.findIndex((url) => !/^https?:\/\//.test(url) || !URL.canParse(url));
  if (unusable >= 0)
    throw new ResolverOptionsError(`nodes[${unusable}] is no URL that begins with https:// or http://`);
  if (new Set(nodes.map((url) => new URL(url).host)).size < nodes.length) {
    throw new ResolverOptionsError("Got two nodes of one host, wanted different ones: one must not count twice");
  }
  if (!Number.isInteger(agreement) || agreement < 1 || agreement > nodes.length) {
    throw new ResolverOptionsError(`agreement is ${agreement} of ${nodes.length} nodes, wanted 1 to ${nodes.length}`);
  }
  return nodes;
}

/** The newest version is judged at the node's clock, which must not be behind: a key may have run out since. */
function expectRecent(node: HttpNode, answer: Answer["answer"], question: SourceOptions, now: number): void {
  if (answer instanceof ResolutionError || question.versionId !== undefined || question.versionTime !== undefined)
    return;
  const { at } = answer.knowledge;
  if (Date.parse(at) / 1_000 >= now - MAX_CLOCK_LAG) return;
  throw new UnavailableError(
    `Could not ask the node at ${node.name}: it judges ${at}, more than ${MAX_CLOCK_LAG} s before now; compare clocks`,
  );
}

function keyOf(answer: Answer["answer"]): string {
  return answer instanceof ResolutionError ? answer.code : JSON.stringify([answer.document, answer.documentMetadata]);
}

function settled(group: readonly Answer[]): SourceResolution {
  const nodes = group.map(({ node }) => node.name);
  const resolutions: SourceResolution[] = [];
  for (const { answer } of group) {
    if (answer instanceof ResolutionError) throw answer;
    resolutions.push(answer);
  }
  const [oldest] = resolutions.sort((a, b) => a.knowledge.asOf.block - b.knowledge.asOf.block);
  if (oldest === undefined) throw new TypeError("A group of answers is never empty");
  const stale = resolutions.some(({ knowledge }) => knowledge.stale);
  return { ...oldest, knowledge: { ...oldest.knowledge, ...(stale && { stale: true as const }), nodes } };
}

function verdict(did: MapaeDid, agreement: number, groups: readonly Answer[][], failures: readonly unknown[]): Error {
  const unforeseen = failures.find((error) => !(error instanceof UnavailableError));
  if (unforeseen instanceof Error) return unforeseen;
  const reasons = failures.map((error) => (error as Error).message);
  if (groups.length > 1) {
    const said = groups.map((group) => group.map(describe).join(" and "));
    return new NodesDisagreeError(
      `Wanted ${agreement} nodes that agree on ${did.did}, but ${[...said, ...reasons].join("; ")}`,
    );
  }
  const alone = groups.flat().map(describe);
  return new UnavailableError([...alone, ...reasons].join("; "), { cause: failures[0] });
}

function describe({ node, answer }: Answer): string {
  if (answer instanceof ResolutionError) return `${node.name} says ${answer.code}`;
  const { documentMetadata, knowledge } = answer;
  return `${node.name} says version ${documentMetadata.versionId} as of block ${knowledge.asOf.block}`;
}
