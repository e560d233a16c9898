import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Wallet } from "ethers";
import { type KnownMember, readConsortium } from "../../cli/founding/consortium.ts";
import { type BesuDialect, besuDialect } from "./besu-dialect.ts";
import { answerOf } from "./command.ts";
import type { AtEnd } from "./ends.ts";
import { freePorts } from "./free-ports.ts";
import { type Validator, validatorOf } from "./validator.ts";

export const MINISTRIES = ["interior", "safety", "tax", "welfare"] as const;
/**
 * Maximum number of blocks of one `eth_getLogs` for each server: Besu's default, and a number that the chain always exceeds
 * by the end of the story.
 */
const RANGES = [5_000, 20, 5_000, 20] as const;

/** The accounts that act in the story, each with its own key. */
const PEOPLE = ["deployer", "payer", "ministry", "agency", "anybody"] as const;
export type Person = (typeof PEOPLE)[number];

/** A member of the consortium with its kit and validator. */
export interface Member {
  readonly id: string;
  readonly name: string;
  /** Folder of the kit that `mapae network init` made. */
  readonly kit: string;
  readonly validator: Validator;
  /** Proxy of its validator that behaves like Besu. */
  readonly server: BesuDialect;
}

export interface Consortium {
  readonly folder: string;
  /** In the order of their file; joining members are added at the end. */
  readonly members: Member[];
  /** Path of the file that lists the members. */
  readonly file: string;
  readonly council: readonly Wallet[];
  readonly guardian: readonly Wallet[];
  readonly people: Readonly<Record<Person, Wallet>>;
  /** The environment for calling the command line as `signer`, with the server of a member. */
  as(signer: Wallet, member: Member): Record<string, string | undefined>;
  /** The environment for keys that sign lists and attest blocks. */
  readonly signing: Record<string, string>;
}

/**
 * Founds a consortium: keys, kits and validators of four members, using only the files of the kits.
 *
 * @param others further accounts that are funded.
 */
export async function foundConsortium(
  folder: string,
  atEnd: AtEnd,
  others: readonly Wallet[] = [],
): Promise<Consortium> {
  const [council, guardian] = [wallets(3), wallets(3)];
  const people = Object.fromEntries(PEOPLE.map((name) => [name, wallets(1)[0]])) as Record<Person, Wallet>;
  const ports = await freePorts(MINISTRIES.length);
  const named = MINISTRIES.map((id, at) => ({
    ...{ id, name: `Ministry of ${id}`, host: `127.0.0.${at + 2}`, port: Number(ports[at]) },
    url: `https://node.${id}.example`,
  }));
  const file = join(folder, "drill.json");
  const funded = [...council, ...guardian, ...Object.values(people), ...others].map(({ address }) => address);
  await writeFile(
    file,
    JSON.stringify({ label: "drill", chainId: 82_026_003, consensus: "clique", funded, members: named }),
  );
  const password = join(folder, "signers.password");
  await writeFile(password, "a password of operators", { mode: 0o600 });
  const signing = { MAPAE_SIGNER_PASSWORD_FILE: password };

  for (const { id, name } of named) {
    await makeOperator(folder, id, name, signing);
    await makeKit(file, folder, id, []);
  }
  for (const id of MINISTRIES) {
    const others = MINISTRIES.filter((other) => other !== id);
    await makeKit(file, folder, id, others);
  }
  const members = await startMembers(file, folder, atEnd);
  const as = (signer: Wallet, { server }: Member) => ({
    MAPAE_RPC_URLS: server.url,
    MAPAE_NETWORK: join(folder, "network.json"),
    MAPAE_PRIVATE_KEY: signer.privateKey,
    MAPAE_GAS_PRICE: "1",
  });
  return { folder, file, members, council, guardian, people, as, signing };
}

/**
 * Starts the validators of all members. Their kits are in one folder under the members' ids.
 *
 * @param file path of the file that lists the members.
 */
export async function startMembers(file: string, folder: string, atEnd: AtEnd): Promise<Member[]> {
  const members: Member[] = [];
  for (const one of await knownMembers(file, folder)) {
    members.push(await memberOf(one, folder, RANGES[members.length] ?? RANGES[0], atEnd));
  }
  await Promise.all(members.map(({ validator }) => validator.start()));
  return members;
}

/** A member with its own folder as its machine. Its validator is not started yet. */
export async function memberOf(one: KnownMember, folder: string, range: number, atEnd: AtEnd): Promise<Member> {
  const { id, name } = one;
  const kit = join(folder, id);
  const validator = await validatorOf(one, kit, join(folder, "machines", id));
  atEnd(validator.kill);
  const server = await besuDialect(validator.url, range);
  atEnd(async () => server[Symbol.asyncDispose]());
  return { id, name, kit, validator, server };
}

/** The members that a file lists, with the public halves from their kits. */
export async function knownMembers(file: string, folder: string): Promise<readonly KnownMember[]> {
  const { members } = await readConsortium(file, []);
  const halves = members.map(({ id }) => join(folder, id, "public.json"));
  return (await readConsortium(file, halves)).members as readonly KnownMember[];
}

/** Calls `mapae network init` for a member, with the public halves of others. */
export function makeKit(file: string, folder: string, id: string, others: readonly string[]) {
  const publics = others.flatMap((other) => ["--public", join(folder, other, "public.json")]);
  const operator = ["--operator", join(folder, `${id}.operator.json`)];
  const args = ["network", "init", file, "--member", id, "--out", join(folder, id), ...operator, ...publics];
  return answerOf<{ readonly genesisHash: string }>(args, {});
}

/** Creates the key with which a member attests blocks. */
export async function makeOperator(folder: string, id: string, name: string, signing: Consortium["signing"]) {
  const key = await answerOf(["signer", "new", join(folder, `${id}.jwe`), "--operator", name], signing);
  await writeFile(join(folder, `${id}.operator.json`), JSON.stringify(key));
}

/** Creates `count` keys. */
export function wallets(count: number): Wallet[] {
  return Array.from({ length: count }, () => new Wallet(Wallet.createRandom().privateKey));
}

/** A JSON file of a member's kit. */
export async function kitFile(member: Member, name: string) {
  return JSON.parse(await readFile(join(member.kit, name), "utf8"));
}
