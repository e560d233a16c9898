import { DcqlQuery } from "dcql";

export const POLICY_NAMES = ["door", "bike", "library"] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

/** What one place asks for, and the highest age of its bundle. */
export interface PlacePolicy {
  readonly name: PolicyName;
  /** The query (DCQL), with only the claims that the place needs. */
  readonly query: DcqlQuery.Output;
  /** Seconds for which a bundle is fresh; after `denyAfter` seconds it admits nobody. */
  readonly freshFor: number;
  readonly denyAfter: number;
}

const HOUR = 3_600;
const TYPES = "https://types.mapae.example";

/**
 * One card that a place asks for: its type, and the paths of the claims; `values` where only some values of a claim are
 * admitted.
 */
export interface AskedCard {
  readonly id: string;
  readonly vct: string;
  readonly claims: readonly (
    | string
    | { readonly path: readonly string[]; readonly values: readonly (string | boolean)[] }
  )[];
}

/** What a place asks for: one of several cards is enough. */
export interface PlaceQuery {
  readonly freshFor: number;
  readonly denyAfter: number;
  readonly credentials: readonly AskedCard[];
}

const ADULT = { path: ["age_equal_or_over", "19"], values: [true] };

/** An office's door requires one type, a bike any proof of age, a library any name. */
const PLACES: Readonly<Record<PolicyName, PlaceQuery>> = {
  door: {
    freshFor: 12 * HOUR,
    denyAfter: 24 * HOUR,
    credentials: [{ id: "official", vct: `${TYPES}/official-id/v1`, claims: ["organization"] }],
  },
  bike: {
    freshFor: 24 * HOUR,
    denyAfter: 72 * HOUR,
    credentials: [
      { id: "licence", vct: `${TYPES}/drivers-licence/v1`, claims: [ADULT] },
      { id: "welfare", vct: `${TYPES}/welfare-card/v1`, claims: [ADULT] },
    ],
  },
  library: {
    freshFor: 24 * HOUR,
    denyAfter: 72 * HOUR,
    credentials: [
      { id: "official", vct: `${TYPES}/official-id/v1`, claims: ["name"] },
      { id: "welfare", vct: `${TYPES}/welfare-card/v1`, claims: ["name"] },
    ],
  },
};

/** The policy of a place, with its query in DCQL. */
export function policyFor(name: PolicyName, { credentials, ...ages }: PlaceQuery = PLACES[name]): PlacePolicy {
  const query = DcqlQuery.parse({
    credentials: credentials.map(({ id, vct, claims }) => ({
      id,
      format: "dc+sd-jwt",
      meta: { vct_values: [vct] },
      claims: claims.map((claim) => (typeof claim === "string" ? { path: [claim] } : claim)),
    })),
    ...(credentials.length > 1 && { credential_sets: [{ options: credentials.map(({ id }) => [id]) }] }),
  } as DcqlQuery.Input);
  DcqlQuery.validate(query);
  return { name, ...ages, query };
}

/** The disclosed claims of one card. */
export interface ShownCard {
  readonly id: string;
  readonly type: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Whether the presented cards answer the query, with its types, claims and values. */
export function answers({ query }: PlacePolicy, shown: readonly ShownCard[]): boolean {
  const credentials = shown.map(({ type, claims }) => ({
    credential_format: "dc+sd-jwt" as const,
    vct: type,
    cryptographic_holder_binding: true,
    claims: claims as never,
  }));
  return DcqlQuery.query(query, credentials).can_be_satisfied;
}
