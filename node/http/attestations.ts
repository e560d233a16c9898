import type { AttestationsAnswer } from "../attestations/ask-peer.ts";
import { type Attestations, KEPT_BLOCKS } from "../attestations/attestations.ts";
import { type Answer, json } from "./answer.ts";
import { problem, problemAnswer } from "./problem.ts";

/** `GET /attestations/{block}`: attestations of one of the newest blocks, or of the newest that enough operators attested. */
export function attestationsAnswer(
  network: string,
  attestations: Pick<Attestations, "newest" | "at">,
  asked: string,
): Answer {
  const found = asked === "newest" ? attestations.newest() : attestations.at(Number(asked));
  if (found === undefined) {
    const kept = `attestations of the newest ${KEPT_BLOCKS} blocks that stay are kept, on networks with operators`;
    const got = asked === "newest" ? "no block that enough operators attested" : `no block ${asked}`;
    return problemAnswer(problem("NOT_ATTESTED", `There is ${got} here: ${kept}`));
  }
  const { block, attestations: texts } = found;
  const { number, hash, time } = block;
  return json({ network, number, hash, time, attestations: [...texts] } satisfies AttestationsAnswer);
}
