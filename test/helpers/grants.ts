import { mineAt, mined, now } from "./contracts.ts";
import {
  deployRegistries,
  grantId,
  type Registries,
  SCHEMA_HASH,
  SCHEMA_URI,
  TYPE_ID,
  TYPE_URI,
} from "./registries.ts";

/** A development account. */
export type Account = Registries["issuer"];

export const DAY = 86_400n;
export const YEAR = 365n * DAY;

/** What a test can choose for a grant, which by default is valid for a year from now. */
export interface Terms {
  readonly notBefore?: bigint;
  readonly notAfter?: bigint;
  readonly mayGrant?: boolean;
  readonly label?: string;
}

/**
 * All registries with a type, and short calls for roots and grants.
 *
 * @param time Unix time at which the chain begins, when it matters.
 */
export async function deployTrust(time?: bigint) {
  const registries = await deployRegistries();
  if (time !== undefined) await mineAt(registries, time);
  const { trust, did, council } = registries;
  await trust.addType(TYPE_URI, SCHEMA_URI, SCHEMA_HASH);
  /** Unix time of the chain's first block, which is the reference for times of terms. */
  const start = await now(registries);

  const args = ({ notBefore = start, notAfter = start + YEAR, mayGrant = true, label = "행정안전부" }: Terms) =>
    [notBefore, notAfter, mayGrant, label] as const;
  /** Grants a root, which stays pending. */
  const root = (to: Account, terms: Terms = {}) =>
    trust.connect(council).grantRoot(TYPE_ID, to.address, ...args(terms));
  /** Grants below a parent; the grant stays pending. */
  const below = (parent: string, by: Account, to: Account, terms: Terms = {}) =>
    trust.connect(by).grant(parent, to.address, ...args(terms));
  const accept = (granted: string, by: Account) => trust.connect(by).accept(granted);

  return {
    ...registries,
    start,
    root,
    below,
    accept,
    /** A root that its subject accepted. */
    async acceptedRoot(to: Account, terms: Terms = {}): Promise<string> {
      const number = await trust.grantCount(TYPE_ID, to.address);
      await mined(root(to, terms));
      const granted = grantId(TYPE_ID, to.address, number);
      await mined(accept(granted, to));
      return granted;
    },
    /** A grant below a parent that its subject accepted. */
    async acceptedBelow(parent: string, by: Account, to: Account, terms: Terms = {}): Promise<string> {
      const number = await trust.grantCount(TYPE_ID, to.address);
      await mined(below(parent, by, to, terms));
      const granted = grantId(TYPE_ID, to.address, number, parent);
      await mined(accept(granted, to));
      return granted;
    },
    deactivate: (who: Account) => mined(did.connect(who).changeOwner(who.address, `0x${"00".repeat(20)}`)),
    error: (name: string, ...given: unknown[]) => ({ contract: trust, name: `TrustRegistry${name}`, args: given }),
  };
}
