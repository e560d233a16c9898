import { type Gate, type GateStore, openGate, parseGatePolicy } from "../../../gate/index.ts";
import type { NetworkDescriptor } from "../../../resolver/index.ts";
import { UsedCopies } from "../shared/used-copies.ts";
import type { PlacePolicy } from "./policies.ts";
import { type Asker, clientIdOf } from "./requests.ts";

/** Highest age of an answer, in seconds. */
const MAX_AGE = 120;

/** A place: its policy and signer, and the gate that judges the answers. */
export interface Place extends Asker {
  readonly gate: Gate;
  readonly copies: UsedCopies;
}

/** The types that a place admits. */
export function typesOf({ query }: PlacePolicy): readonly string[] {
  return query.credentials.flatMap(({ meta }) => (meta as { vct_values: readonly string[] }).vct_values);
}

/** Opens the gate of a place with its store. */
export async function openPlace(
  asker: Asker,
  { network, store, now }: { network: NetworkDescriptor; store: GateStore; now: () => number },
): Promise<Place> {
  const { freshFor, denyAfter } = asker.policy;
  const types = Object.fromEntries(typesOf(asker.policy).map((type) => [type, { freshFor, denyAfter }]));
  const policy = parseGatePolicy({ audience: clientIdOf(asker), presentationMaxAge: MAX_AGE, types });
  const gate = await openGate({ network, policy, store, now, onFault: console.error });
  return { ...asker, gate, copies: new UsedCopies() };
}
