import { mayAsk, type Purpose } from "../../../../../resolver/index.ts";
import type { Claim } from "../cards/card.ts";
import type { Directory } from "../directory/directory.ts";
import type { Link } from "../directory/who-asks.ts";
import { type Duration, durationOf } from "./duration.ts";
import type { Choice } from "./match.ts";
import type { PresentationRequest } from "./request.ts";

/** The phone's judgement of a request before the holder decides. */
export interface Judgement {
  /**
   * Whether the verifier may ask: `accredited` for this purpose and these claims; `tooMuch` when it asks for claims beyond the
   * purpose; `unaccredited` when it has no accreditation.
   */
  readonly standing: "accredited" | "tooMuch" | "unaccredited";
  /** The verifier, then each office above it, up to the root. */
  readonly path: readonly Link[];
  readonly purpose: Purpose | undefined;
  /** How long the verifier stores the claims; `undefined` where the purpose is unknown. */
  readonly retention: Duration | undefined;
  /** Claims that the verifier would see beyond the purpose. */
  readonly beyond: readonly Claim[];
  /** The moment as of which that is known, in Unix seconds. */
  readonly asOf: number;
}

/** Compares a request with the purpose for which its verifier is accredited. */
export async function judge(
  { known, purpose: uri, did }: PresentationRequest,
  choices: readonly Choice[],
  { purposes }: Directory,
): Promise<Judgement> {
  const purpose = uri !== undefined && Object.hasOwn(purposes, uri) ? purposes[uri] : undefined;
  const path = uri === undefined ? undefined : await known.accreditation(uri);
  const beyond = choices.flatMap(({ card, disclosed }) =>
    disclosed.filter(({ path }) => purpose === undefined || !mayAsk(purpose, card.type, path)),
  );
  const standing =
    path === undefined || purpose === undefined ? "unaccredited" : beyond.length > 0 ? "tooMuch" : "accredited";
  return {
    standing,
    path: path ?? [{ did, label: null }],
    purpose: path === undefined ? undefined : purpose,
    retention: path === undefined ? undefined : purpose && durationOf(purpose.retention),
    beyond: standing === "unaccredited" ? [] : beyond,
    asOf: known.asOf.time,
  };
}
