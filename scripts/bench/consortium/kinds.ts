import { encodeBytes32String, id } from "ethers";
import { INTERFACES } from "../../../cli/transaction/interfaces.ts";
import {
  type Address,
  currentDeployment,
  grantIdOf,
  type Hash,
  listIdOf,
  type NetworkDescriptor,
} from "../../../resolver/index.ts";
import { URI } from "../../rehearsal/deploy.ts";
import type { Call } from "./senders.ts";

/** Entries of each list; a word of the contract has 256. */
const SIZE = 131_072;
const WORDS = SIZE / 256;

/** Validity of a key, in seconds; and the bounds of an accreditation, in Unix seconds. */
const YEAR = 31_536_000;
const [FROM, UNTIL] = [1_767_225_600, 2_082_758_400];

const { did, status, trust } = INTERFACES;

/** A kind of write. `call` is the `nth` transaction of a sender. */
export interface Kind {
  /** Gas limit of each transaction. */
  readonly gas: number;
  /** Transactions in one burst, of all senders together. */
  readonly count: number;
  call(sender: Address, nth: number): Call;
}

/** The kinds of writes that the bench sends, and a plain transfer. */
export function kindsOf(network: NetworkDescriptor, root: Hash) {
  const { registries } = currentDeployment(network);
  const update = (sender: Address, list: bigint, changes: readonly unknown[]) => ({
    to: registries.status.address,
    data: status.encodeFunctionData("update", [listIdOf(sender, list), changes, id("reason")]),
  });
  return {
    transfer: { gas: 21_000, count: 1_000, call: (sender, nth) => ({ to: accountOf(sender, nth % 100), value: 1 }) },
    didChange: {
      gas: 300_000,
      count: 1_000,
      call(sender, nth) {
        const key = `0x02${id(`${sender} ${nth}`).slice(2)}`;
        const args = [sender, encodeBytes32String("did/pub/P256/veriKey"), key, YEAR];
        return { to: registries.did.address, data: did.encodeFunctionData("setAttribute", args) };
      },
    },
    revocation: {
      gas: 300_000,
      count: 1_000,
      // Consecutive indexes are in different words, as random ones would be.
      call: (sender, nth) => update(sender, 0n, [[(nth * 37) % WORDS, bit(Math.floor(nth / WORDS)), 0, 0]]),
    },
    scattered: {
      gas: 20_000_000,
      count: 40,
      call: (sender, nth) =>
        update(
          sender,
          1n,
          Array.from({ length: WORDS }, (_, word) => [word, bit(nth), 0, 0]),
        ),
    },
    grant: {
      gas: 600_000,
      count: 1_000,
      call(sender, nth) {
        const args = [grantOf(sender, root), accountOf(sender, nth), FROM, UNTIL, false, "발급기관"];
        return { to: registries.trust.address, data: trust.encodeFunctionData("grant", args) };
      },
    },
  } satisfies Record<string, Kind>;
}

/** Calls that set up an account for these kinds: by the holder of the trust root, and by the account itself. */
export function setUpOf(network: NetworkDescriptor, root: Hash, sender: Address) {
  const { registries } = currentDeployment(network);
  const call = (name: "did" | "trust" | "status", data: string): Call => ({ to: registries[name].address, data });
  const granted = [root, sender, FROM, UNTIL, true, "발급기관"];
  const list = (number: number) => [sender, number, SIZE, id(URI), "https://lists.example"];
  return {
    byRoot: [call("trust", trust.encodeFunctionData("grant", granted))],
    bySender: [
      call("did", did.encodeFunctionData("setAttribute", [sender, encodeBytes32String("x"), "0x01", YEAR])),
      call("trust", trust.encodeFunctionData("accept", [grantOf(sender, root)])),
      ...[0, 1].map((number) => call("status", status.encodeFunctionData("createList", list(number)))),
    ],
  };
}

/** Id of the first grant of the type to an account, below the trust root. */
function grantOf(subject: Address, root: Hash): Hash {
  return grantIdOf({ typeId: id(URI) as Hash, subject, parent: root, number: 0 });
}

/** Number of statuses that one transaction of the kind `scattered` changes. */
export const SCATTERED = WORDS;

/** An address without a known key. */
function accountOf(sender: string, nth: number): string {
  return `0x${id(`${sender} ${nth}`).slice(26)}`;
}

function bit(at: number): bigint {
  return 1n << BigInt(at % 256);
}
