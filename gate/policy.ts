import * as z from "zod/mini";
import { MapaeError } from "../resolver/errors.ts";
import { describeIssues, parseBy } from "../resolver/primitives/schema.ts";

const seconds = z.int().check(z.minimum(0), z.maximum(3_155_760_000));

const typePolicy = z.strictObject({
  /** Seconds for which a bundle is fresh. */
  freshFor: z._default(seconds, 86_400),
  /** Seconds after which a bundle admits nobody; between the two a gate decides and warns. */
  denyAfter: z._default(seconds, 259_200),
  /** What happens with a valid credential after that: it is refused, or a guard is asked. */
  whenExpired: z._default(z.enum(["deny", "ask"]), "deny"),
  /** Whether the holder has to prove possession of the credential's key, which is possible only with an SD-JWT VC. */
  keyBinding: z._default(z.boolean(), true),
});

/** The schema of {@link GatePolicy}. */
export const gatePolicySchema = z.strictObject({
  /** The gate's own name, which wallets put into `aud`. */
  audience: z.string().check(z.minLength(1), z.maxLength(2_000)),
  /** Highest age of a presentation, in seconds. */
  presentationMaxAge: z._default(seconds, 120),
  /** Seconds by which the clock may be ahead of the latest time that the gate saw. */
  clockMaxAhead: z._default(seconds, 604_800),
  /** The admitted credential types, by URI; a bundle has to have all of them. */
  types: z.record(z.string().check(z.minLength(1), z.maxLength(2_000)), typePolicy).check(
    z.refine((types) => Object.keys(types).length > 0, "wanted at least one type"),
    z.refine((types) => Object.keys(types).length <= 100, "wanted at most 100 types"),
  ),
});

/** Which credentials a gate admits, and the highest age of its bundle for them. Times are in seconds. */
export type GatePolicy = z.output<typeof gatePolicySchema>;
/** The policy for one credential type. */
export type TypePolicy = GatePolicy["types"][string];

/** A gate's policy breaks its format. */
export class GatePolicyError extends MapaeError {
  readonly code = "GATE_POLICY";
}

/**
 * Reads a policy. Members that are left out have strict defaults.
 * @throws GatePolicyError
 */
export function parseGatePolicy(input: unknown): GatePolicy {
  const parsed = parseBy(gatePolicySchema, input);
  if (!parsed.success) throw new GatePolicyError(`The gate's policy is wrong at ${describeIssues(parsed.error)}`);
  const [type] = Object.entries(parsed.data.types).find(([, { freshFor, denyAfter }]) => freshFor > denyAfter) ?? [];
  if (type === undefined) return parsed.data;
  throw new GatePolicyError(`The gate's policy for ${type} has a freshFor that is longer than its denyAfter`);
}
