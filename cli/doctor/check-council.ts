import { ROLES } from "../../node/governance/roles.ts";
import {
  type Address,
  type ContractReader,
  currentDeployment,
  type Hex,
  type NetworkDescriptor,
  type Rpc,
  UnavailableError,
} from "../../resolver/index.ts";
import { kindOfAccount } from "../did/account-kind.ts";
import { CliError } from "../terminal/errors.ts";
import { INTERFACES } from "../transaction/interfaces.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";

export interface CouncilCheck {
  readonly reader: ContractReader;
  /** Of the same chain. */
  readonly rpc: Rpc;
  readonly network: NetworkDescriptor;
}

/**
 * Whether the descriptor's seat has the council's role, and whether its holder is a contract of several keys: the holder can
 * withdraw every accreditation without delay. `checkChain` compares the code of the seat with the descriptor.
 */
export async function checkCouncil({ reader, rpc, network }: CouncilCheck): Promise<Finding> {
  const what = "council";
  try {
    const { seat, registries } = currentDeployment(network);
    const newest = await reader.header("latest");
    if (newest === null) throw new UnavailableError("The chain has no newest block");
    const calls = [
      { to: seat.address, data: INTERFACES.seat.encodeFunctionData("holder") as Hex },
      {
        to: registries.trust.address,
        data: INTERFACES.trust.encodeFunctionData("hasRole", [ROLES.trust.council, seat.address]) as Hex,
      },
    ];
    const [holds = "0x", has = "0x"] = await reader.calls(calls, newest.hash);
    // A contract of the descriptor is missing, which `checkChain` reports too.
    if (holds === "0x" || has === "0x") throw new UnavailableError(`The chain has no seat at ${seat.address} now`);
    if (!INTERFACES.trust.decodeFunctionResult("hasRole", has)[0]) {
      throw new CliError(
        "REFUSED",
        `the descriptor's seat ${seat.address} is not the trust registry's council: see mapae network roles`,
      );
    }
    const holder = String(INTERFACES.seat.decodeFunctionResult("holder", holds)[0]).toLowerCase() as Address;
    const account = await kindOfAccount(reader, rpc, holder);
    const holding = `holds the seat ${seat.address}`;
    if (account.kind === "key") {
      if (network.name === "local") return ok(what, `the key ${holder} ${holding} of a local network`);
      return warning(
        what,
        `${holder}, a plain key, ${holding}: a thief of it has the council's powers. Seat a Safe, or another account of ` +
          "m of n keys, with mapae council replace",
      );
    }
    if (account.safe === null) return ok(what, `the contract ${holder} ${holding}`);
    const { threshold, owners, modules } = account.safe;
    const safe = `the Safe ${holder} of ${threshold} of ${owners.length} ${holding}`;
    if (modules.length > 0) {
      return warning(
        what,
        `${safe}, and modules act for it without a signature of its members: ${modules.join(", ")}. Have the council remove them, ` +
          "or seat another Safe with mapae council replace",
      );
    }
    return threshold > 1 ? ok(what, safe) : warning(what, `${safe}. One stolen key is enough for the council's powers`);
  } catch (error) {
    return fault(what, error);
  }
}
