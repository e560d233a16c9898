import { type Credential, readCredential } from "../../resolver/credential/read-credential.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { ProofError } from "../../resolver/proofs/proof-error.ts";
import { type VerifierAnswer, verifier } from "../../resolver/verifier/verifier.ts";
import type { Asking } from "../nodes/asking.ts";
import type { Context } from "../view.ts";
import { type Check, check } from "./check.ts";
import { nameOf } from "./compare-nodes.ts";
import { faultOf, MAX_AGE, withProofs } from "./proofs.ts";

/** What the holder was asked for; both empty where nobody was. */
export interface Binding {
  readonly nonce: string;
  readonly audience: string;
}

/** What a credential was found to be: the worst verdict, and what was compared. */
export interface Judged {
  readonly answer: VerifierAnswer;
  readonly checks: readonly Check[];
}

/** With what a credential is judged. */
export interface JudgeOptions extends Pick<Context, "nodes" | "now" | "known"> {
  readonly descriptor: NetworkDescriptor;
  readonly fetch: Asking["fetch"];
}

interface AtNode {
  readonly node: string;
  readonly answer: VerifierAnswer;
  /** What the node's proof of all of it leads to; `undefined` where nobody seals blocks. */
  readonly proven: VerifierAnswer | undefined;
}

/** Seconds that the holder's signature may be old. */
const MAX_BINDING_AGE = 300;

/**
 * Judges a credential by each node alone, by what it says and by what it proves, so that one that leads to another verdict is seen.
 * The worst verdict is the one that counts.
 * @throws CredentialError for what is no credential; ResolutionError for one of another network.
 */
export async function judgeAtNodes(text: string, binding: Binding, options: JudgeOptions): Promise<Judged> {
  const credential = readCredential(text);
  const all = await Promise.all(options.nodes.map((node) => judgeAt(node, credential, binding, options)));
  const [first, ...others] = all.toSorted((a, b) => rank(a.answer) - rank(b.answer));
  if (first === undefined) throw new TypeError("There is a node to ask");
  const isSame = (a: VerifierAnswer, b: VerifierAnswer) => said(a) === said(b);
  const different = others.filter(({ answer }) => !isSame(answer, first.answer));
  const found = different.map(({ node, answer }) =>
    check(answer.verdict === "unknown" ? "late" : "bad", "verdictDiffers", {
      node: nameOf(node),
      verdict: said(answer),
    }),
  );
  if (all.length === 1) found.push(check("late", "oneNode", { node: nameOf(first.node) }));
  else if (different.length < others.length) {
    found.push(check("good", "verdictSame", { count: all.length - different.length }));
  }
  const answers = all.flatMap(({ answer, proven }) => (proven && isProven(proven) ? [answer, proven] : [answer]));
  const [worst = first.answer] = answers.toSorted((a, b) => rank(a) - rank(b));
  return { answer: worst, checks: withProofs(found, all.flatMap(proofChecks)) };
}

async function judgeAt(
  node: string,
  credential: Credential,
  { nonce, audience }: Binding,
  { descriptor, fetch, now, known }: JudgeOptions,
): Promise<AtNode> {
  const isPresentation = nonce !== "" || audience !== "";
  const judge = (proofs: { readonly proofs?: "require" }) => {
    const networks = [{ descriptor, nodes: [node], fetch }];
    const options = { networks, fetch, now: () => now, maxStaleness: MAX_AGE, known: known(node), ...proofs };
    const { verify, verifyPresentation } = verifier(options);
    return isPresentation
      ? verifyPresentation(credential, { nonce, audience, maxAge: MAX_BINDING_AGE })
      : verify(credential);
  };
  const isSealed = descriptor.consensus.kind !== "none";
  const [answer, proven] = await Promise.all([judge({}), isSealed ? judge({ proofs: "require" }) : undefined]);
  return { node, answer, proven };
}

/** What a node's proof says of the verdict that it leads to. */
function proofChecks({ node: url, answer, proven }: AtNode): Check[] {
  const node = nameOf(url);
  if (proven === undefined) return [check("plain", "noSeals")];
  // The holder's signature, or a type, decided alone: nobody was asked anything.
  if (proven.asOf === undefined && proven.verdict === "invalid") return [];
  if (!isProven(proven)) {
    const { why, isBad } = proven.problem instanceof ProofError ? faultOf(proven.problem) : NO_PROOF;
    return [check(isBad ? "bad" : "late", "notProven", { node, proof: why })];
  }
  const block = proven.asOf?.block ?? 0;
  const found = check("good", "provenVerdict", { node, block });
  // What could not be asked, or is too old, is no other verdict.
  if (said(answer) === said(proven) || answer.verdict === "unknown") return [found];
  // Of a newer block it may be another by right: the proof follows it.
  const isNewer = (answer.asOf?.block ?? 0) > block;
  return [
    found,
    isNewer ? check("late", "verdictNewer", { node, block }) : check("bad", "contradictsProof", { node, block }),
  ];
}

const NO_PROOF = { why: "none", isBad: false } as const;

function isProven({ asOf, reason }: VerifierAnswer): boolean {
  return asOf !== undefined && reason !== "notProven";
}

/** The worst first: what is known to be bad, what nobody knows, and what is good. */
function rank({ verdict }: VerifierAnswer): number {
  return ["invalid", "valid", "unknown"].indexOf(verdict);
}

function said({ verdict, reason }: VerifierAnswer): string {
  return `${verdict} ${reason ?? ""}`.trim();
}
