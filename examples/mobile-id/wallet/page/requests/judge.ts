import { mayAsk, type Purpose } from "../../../../../resolver/index.ts";
import type { Claim } from "../cards/card.ts";
import type { Directory } from "../directory/directory.ts";
import type { Link } from "../directory/who-asks.ts";
import { type Duration, durationOf } from "./duration.ts";
import type { Choice } from "./match.ts";
import type { PresentationRequest } from "./request.ts";

/** What the phone knows of a request before its holder decides. */
export interface Judgement {
  /**
   * Whether it may be asked: `accredited` for this purpose and these claims; `tooMuch` when claims are asked that the purpose does
   * not have; `unaccredited` when nobody vouches for it.
   */
  readonly standing: "accredited" | "tooMuch" | "unaccredited";
  /** The verifier, then each office above it, up to the root. */
  readonly path: readonly Link[];
  readonly purpose: Purpose | undefined;
  /** How long what is shown is kept; `undefined` where nobody says. */
  readonly retention: Duration | undefined;
  /** Claims that are asked beyond the purpose. */
  readonly beyond: readonly Claim[];
  /** As of when that is known, in Unix seconds. */
  readonly asOf: number;
}

/** Holds a request against the purpose that its verifier is accredited for. */
export async function judge(
  { known, purpose: uri, did }: PresentationRequest,
  choices: readonly Choice[],
  { purposes }: Directory,
): Promise<Judgement> {
  const purpose = uri === undefined ? undefined : purposes[uri];
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
