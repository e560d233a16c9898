import { NodesDisagreeError, ResolverOptionsError, UnavailableError } from "../errors.ts";
import { Preference } from "../http/preference.ts";
import type { Fetch } from "../http/request.ts";
import type { NetworkDescriptor } from "../network.ts";
import { type HttpNode, httpNode } from "./http-node.ts";

/** Nodes of one network, and how many of them have to say the same. */
export interface NodesOptions {
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

/** What one node answered. */
export interface NodeAnswer<T> {
  readonly node: HttpNode;
  readonly answer: T;
}

/** A question to nodes. */
export interface NodesQuestion<T> {
  /** What is asked about, for an error's message. */
  readonly about: string;
  /** Asks one node. */
  readonly ask: (node: HttpNode) => Promise<T>;
  /** Equal for answers that are the same, whatever block they hold as of. */
  readonly keyOf: (answer: T) => string;
  /** An answer in few words, for an error's message. */
  readonly describe: (answer: T) => string;
}

/** Answers that are the same: one, or more. */
export type Agreeing<A> = readonly [A, ...A[]];

/** Asks nodes until enough of them agree. */
export type AskNodes = <T>(question: NodesQuestion<T>) => Promise<Agreeing<NodeAnswer<T>>>;

/**
 * Nodes of which the first is asked as long as it answers, then the next; with an agreement of k, so many at once, and then
 * others in place of those that could not be asked or differ.
 *
 * @returns a function that gives the answers that agree, at least k of them; it throws NodesDisagreeError when fewer do, and
 * UnavailableError when they did not differ, but too few could be asked.
 * @throws ResolverOptionsError for no node, one twice, an unusable URL, or an agreement of more than there are.
 */
export function askNodes(options: NodesOptions): AskNodes {
  const { descriptor, agreement = 1, timeout = 5_000, fetch = globalThis.fetch, now } = options;
  const nodes = expectUsable(options).map((url) => httpNode({ url, chainId: descriptor.chainId, timeout, fetch }));
  const preference = new Preference(nodes, now);

  return async ({ about, ask, keyOf, describe }) => {
    type Answer = NodeAnswer<Awaited<ReturnType<typeof ask>>>;
    const askOne = async (node: HttpNode): Promise<Answer> => ({ node, answer: await preference.ask(node, ask) });
    const queue = preference.inOrder();
    const groups = new Map<string, Answer[]>();
    const failures: unknown[] = [];
    for (let largest: Answer[] = []; ; ) {
      const asked = queue.splice(0, agreement - largest.length);
      if (asked.length === 0) {
        const said = [...groups.values()].map((group) =>
          group.map(({ node, answer }) => `${node.name} says ${describe(answer)}`),
        );
        throw disagreement(`Wanted ${agreement} nodes that agree on ${about}`, said, failures);
      }
      for (const one of await Promise.allSettled(asked.map(askOne))) {
        if (one.status === "rejected") failures.push(one.reason);
        else {
          const key = keyOf(one.value.answer);
          groups.set(key, [...(groups.get(key) ?? []), one.value]);
        }
      }
      for (const group of groups.values()) if (group.length > largest.length) largest = group;
      const [first, ...others] = largest;
      if (first !== undefined && largest.length >= agreement) return [first, ...others];
    }
  };
}

/**
 * Nodes whose answers are proven: one of them is enough, and the others are asked when it proves nothing.
 * @throws ResolverOptionsError for a network on a chain, an agreement, and as {@link askNodes}.
 */
export function askForProofs(network: Omit<NodesOptions, "now"> | object, now: () => number): AskNodes {
  if (!("nodes" in network)) {
    throw new ResolverOptionsError("proofs are required, which nodes give: name nodes of the network, not its chain");
  }
  if ((network.agreement ?? 1) > 1) {
    throw new ResolverOptionsError("proofs are required, so that one node is enough: leave agreement out");
  }
  return askNodes({ ...network, now });
}

function expectUsable({ nodes, agreement = 1 }: NodesOptions): readonly string[] {
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

function disagreement(wanted: string, said: readonly string[][], failures: readonly unknown[]): Error {
  const unforeseen = failures.find((error) => !(error instanceof UnavailableError));
  if (unforeseen instanceof Error) return unforeseen;
  const reasons = failures.map((error) => (error as Error).message);
  if (said.length > 1) {
    return new NodesDisagreeError(
      `${wanted}, but ${[...said.map((group) => group.join(" and ")), ...reasons].join("; ")}`,
    );
  }
  return new UnavailableError([...said.flat(), ...reasons].join("; "), { cause: failures[0] });
}
