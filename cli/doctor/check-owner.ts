import { type ChainReader, type NetworkDescriptor, parseDid, readIdentity } from "../../resolver/index.ts";
import { kindOfAccount } from "../did/account-kind.ts";
import { CliError } from "../terminal/errors.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";

export interface OwnerCheck {
  readonly did: string;
  readonly reader: ChainReader;
  readonly network: NetworkDescriptor;
}

/** Whether a DID could be recovered: an owner that is one private key is one theft away from another owner. */
export async function checkOwner({ did, reader, network }: OwnerCheck): Promise<Finding> {
  const what = `owner of ${did}`;
  try {
    const parsed = parseDid(did);
    if (parsed.network !== network.name) {
      throw new CliError("INVALID_INPUT", `it is a DID of network ${parsed.network}, not of ${network.name}`);
    }
    const { state } = await readIdentity(reader, network, parsed.address);
    if (state === undefined) throw new CliError("NOT_FOUND", "the DID was never written: mapae did create makes it");
    if (state.deactivated) return ok(what, `deactivated in block ${state.deactivated.block}: nobody can change it`);
    if ((await kindOfAccount(reader, state.owner)) === "contract") return ok(what, `the contract ${state.owner}`);
    return warning(
      what,
      `${state.owner} is a plain key: whoever steals it has the DID. Production issuers hand theirs to a contract such as a ` +
        "Safe with mapae did set-owner",
    );
  } catch (error) {
    return fault(what, error);
  }
}
