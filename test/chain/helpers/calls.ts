import { Interface, id } from "ethers";
import { encodeChanges } from "../../../cli/did/change.ts";
import { setService } from "../../../cli/did/service-input.ts";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { didRegistryAbi, statusRegistryAbi, trustRegistryAbi } from "../../../resolver/abi.ts";
import {
  type Address,
  currentDeployment,
  grantIdOf,
  type Hash,
  type Hex,
  listIdOf,
  type NetworkDescriptor,
} from "../../../resolver/index.ts";
import { ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import type { Call } from "./transactions.ts";

/**
 * The number of the account that has the trust root and the status list. All accounts here are numbers of development accounts.
 */
export const MINISTRY = 1;

export const TYPE_URI = "https://types.example.org/official-id/v1";
const TYPE_ID = id(TYPE_URI) as Hash;
const YEAR = 31_536_000;
/** Minimum size of a list. */
const SIZE = 131_072;

const did = new Interface(didRegistryAbi);
const trust = new Interface(trustRegistryAbi);
const status = new Interface(statusRegistryAbi);

/** The calls with which tests write to a network's three registries. Grants are valid from the Unix time `from`. */
export function callsOf(network: NetworkDescriptor, from: number) {
  const { registries } = currentDeployment(network);
  const ministry = addressOf(MINISTRY);
  /** Id of the first grant to the last account of a chain of accreditations, which begins with the root's account. */
  const grantAt = (way: readonly number[]) =>
    way.reduce<Hash | null>(
      (parent, account) => grantIdOf({ typeId: TYPE_ID, subject: addressOf(account), parent, number: 0 }),
      null,
    );
  const root = grantAt([MINISTRY]);
  const list = listIdOf(ministry, 0n);
  const terms = (account: number) => [addressOf(account), from, from + YEAR, true, `account ${account}`];
  const call = (to: Address, abi: Interface, name: string, args: readonly unknown[]): Call => ({
    to,
    data: abi.encodeFunctionData(name, args) as Hex,
  });
  const onTrust = (name: string, ...args: unknown[]) => call(registries.trust.address, trust, name, args);
  const onStatus = (name: string, ...args: unknown[]) => call(registries.status.address, status, name, args);
  return {
    /** Only governance may call it. */
    addType: () => onTrust("addType", TYPE_URI, `${TYPE_URI}/schema.json`, id("a schema")),
    /** Only governance may call it. */
    grantRoot: () => onTrust("grantRoot", TYPE_ID, ...terms(MINISTRY)),
    acceptRoot: () => onTrust("accept", root),
    createList: () => onStatus("createList", ministry, 0n, SIZE, TYPE_ID, "https://issuer.example.org/lists"),
    /** Adds a service to an account's DID, or changes its endpoint. */
    setService: (account: number, endpoint: string): Call => ({
      to: registries.did.address,
      data: encodeChanges(addressOf(account), [setService({ type: "LinkedDomains", endpoint }, YEAR)]),
    }),
    /** Accredits an account by the last of the bodies `above`, which begin with the ministry. */
    grant: (account: number, above: readonly number[] = [MINISTRY]) =>
      onTrust("grant", grantAt(above), ...terms(account)),
    /** Accepts the first grant to an account below the bodies `above`. */
    acceptGrant: (account: number, above: readonly number[] = [MINISTRY]) =>
      onTrust("accept", grantAt([...above, account])),
    /** Deactivates an account's DID. */
    deactivate: (account: number): Call => ({
      to: registries.did.address,
      data: did.encodeFunctionData("changeOwner", [addressOf(account), ZERO_ADDRESS]) as Hex,
    }),
    list,
    /** Revokes a credential of the ministry's list. */
    revoke: (index: number) => {
      const mask = 1n << BigInt(index % 256);
      const change = { word: Math.floor(index / 256), revoke: mask, suspend: 0n, reinstate: 0n };
      return onStatus("update", list, [change], id(`reason ${index}`));
    },
  };
}

export type Calls = ReturnType<typeof callsOf>;

function addressOf(account: number): Address {
  return developmentAccount(account).address;
}
