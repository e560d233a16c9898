import { type ChainReader, type NetworkDescriptor, parseDid, type Rpc, readIdentity } from "../../resolver/index.ts";
import { kindOfAccount } from "../did/account-kind.ts";
import { CliError } from "../terminal/errors.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";

export interface OwnerCheck {
  readonly did: string;
  readonly reader: ChainReader;
  /** Of the same chain. */
  readonly rpc: Rpc;
  readonly network: NetworkDescriptor;
}

/** Whether a DID could be recovered: if its owner is one private key, the theft of that key is the loss of the DID. */
export async function checkOwner({ did, reader, rpc, network }: OwnerCheck): Promise<Finding> {
  const what = `owner of ${did}`;
  try {
    const parsed = parseDid(did);
    if (parsed.network !== network.name) {
      throw new CliError("INVALID_INPUT", `it is a DID of network ${parsed.network}, not of ${network.name}`);
    }
    const { state } = await readIdentity(reader, network, parsed.address);
    if (state === undefined) throw new CliError("NOT_FOUND", "the DID was never written: mapae did create makes it");
    if (state.deactivated) return ok(what, `deactivated in block ${state.deactivated.block}: nobody can change it`);
    const account = await kindOfAccount(reader, rpc, state.owner);
    const advice = "Production issuers hand theirs to a contract such as a Safe with mapae did set-owner";
    if (account.kind === "key") {
      const lets = account.delegation === null ? "" : `, which lets the code of ${account.delegation} act for it`;
      return warning(what, `${state.owner} is a plain key${lets}: a thief of the key has the DID. ${advice}`);
    }
    if (account.safe === null) return ok(what, `the contract ${state.owner}`);
    const { threshold, owners, modules } = account.safe;
    const safe = `the Safe ${state.owner} of ${threshold} of ${owners.length}: ${owners.join(", ")}`;
    if (modules.length > 0) {
      return warning(what, `${safe}. Modules act for it without a signature of its owners: ${modules.join(", ")}`);
    }
    return threshold > 1 ? ok(what, safe) : warning(what, `${safe}. One stolen key is enough to take the DID`);
  } catch (error) {
    return fault(what, error);
  }
}
