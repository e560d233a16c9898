import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Wallet } from "ethers";
import { answerOf } from "./command.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** The credential type of a rehearsal. */
export const URI = "https://types.example/official-id/v1";

/** Number of blocks after which a block is final, by the network's rule. */
export const FINALITY = 8;

/** Delay of the council's proposals, in seconds. */
const DELAY = 3;

/** Creates an account for the council and one for the guardian, each with two of three keys. */
export async function foundBodies(rehearsal: Rehearsal): Promise<void> {
  const { council, guardian } = rehearsal.consortium;
  const owners = (wallets: readonly Wallet[]) => ({ threshold: 2, owners: wallets.map(({ address }) => address) });
  const bodies = { council: owners(council), guardian: owners(guardian), delay: DELAY, rehearsal: true };
  const file = rehearsal.file("bodies.json");
  await writeFile(file, JSON.stringify(bodies));
  await rehearsal.write("deployer", "council", "found", file, "--out", rehearsal.file("council.json"));
}

/** The command that deploys the contracts, with the consensus of the first member's kit. */
export function deployCommand(rehearsal: Rehearsal, out: string): string[] {
  const [first] = rehearsal.consortium.members;
  return [
    ...["network", "deploy", "--label", "drill", "--governance", rehearsal.file("council.json")],
    ...["--finality", String(FINALITY), "--consensus", join(first?.kit ?? "", "operators.json")],
    ...["--out", rehearsal.file(out)],
  ];
}

/** Creates the key that signs the agency's lists. The first ministry's node uses it. */
export async function makeListSigner(rehearsal: Rehearsal): Promise<void> {
  const args = ["signer", "new", rehearsal.file("lists.jwe"), "--issuer", rehearsal.did("agency")];
  await answerOf(args, rehearsal.consortium.signing);
}

/** The council adds a type and makes the ministry its trust root, and the ministry accepts. */
export async function addRoot(rehearsal: Rehearsal, years: readonly string[]): Promise<void> {
  const schema = ["--schema-uri", `${URI}/schema.json`, "--schema-hash", `0x${"12".repeat(32)}`];
  await rehearsal.govern("type", "add", "--uri", URI, ...schema);
  const to = ["--to", rehearsal.did("ministry"), "--label", "행정안전부", ...years, "--may-grant"];
  const { grantId } = await rehearsal.govern<{ grantId: string }>("trust", "root", "--type", URI, ...to);
  await rehearsal.write("ministry", "trust", "accept", grantId, "--yes");
}
