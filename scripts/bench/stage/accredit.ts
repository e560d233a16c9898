import { grantIdOf, type Hash } from "../../../resolver/index.ts";
import { type Account, addressOf, type Contracts, call } from "./contracts.ts";

/** Second until which a grant is valid: none of a bench ends. */
const FAR = 4_000_000_000;

/** Who accredits whom. */
export interface Accreditation {
  readonly typeId: Hash;
  readonly to: Account;
  /** The grant below which it is, and its holder; without it the council grants. */
  readonly below?: { readonly holder: Account; readonly grant: Hash };
  /** Whether `to` may accredit others. */
  readonly mayAccredit: boolean;
  readonly label: string;
}

/** Accredits an account that accepts, for the first time; gives the grant's id. */
export async function accredit({ trust, council }: Contracts, one: Accreditation): Promise<Hash> {
  const { typeId, to, below, mayAccredit, label } = one;
  const terms = [to.address, 0, FAR, mayAccredit, label];
  if (below === undefined) await call(trust, council, "grantRoot", typeId, ...terms);
  else await call(trust, below.holder, "grant", below.grant, ...terms);
  const grant = grantIdOf({ typeId, subject: addressOf(to), parent: below?.grant ?? null, number: 0 });
  await call(trust, to, "accept", grant);
  return grant;
}
