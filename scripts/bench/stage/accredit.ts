import { grantIdOf, type Hash } from "../../../resolver/index.ts";
import { type Account, addressOf, type Contracts, call } from "./contracts.ts";

/** End of all grants in Unix seconds, far in the future. */
const FAR = 4_000_000_000;

/** An accreditation to write. */
export interface Accreditation {
  readonly typeId: Hash;
  readonly to: Account;
  /** The grant above and its holder; without it the council grants. */
  readonly below?: { readonly holder: Account; readonly grant: Hash };
  /** Whether `to` may accredit others. */
  readonly mayAccredit: boolean;
  readonly label: string;
}

/** Accredits an account for the first time, which accepts. Returns the grant's id. */
export async function accredit({ trust, council }: Contracts, one: Accreditation): Promise<Hash> {
  const { typeId, to, below, mayAccredit, label } = one;
  const terms = [to.address, 0, FAR, mayAccredit, label];
  if (below === undefined) await call(trust, council, "grantRoot", typeId, ...terms);
  else await call(trust, below.holder, "grant", below.grant, ...terms);
  const grant = grantIdOf({ typeId, subject: addressOf(to), parent: below?.grant ?? null, number: 0 });
  await call(trust, to, "accept", grant);
  return grant;
}
