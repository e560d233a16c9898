import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Contract, id, keccak256, type Signer } from "ethers";
import { currentDeployment, formatDid, grantIdOf, type Hash, type Hex, listIdOf } from "../../../resolver/index.ts";
import { REPOSITORY } from "../../files/repository.ts";
import { governed } from "../../governance/propose.ts";
import { INTERFACES } from "../../transaction/interfaces.ts";
import { newestBlock } from "../../transaction/provider.ts";
import { parseDuration } from "../../values/duration.ts";
import { developmentAccount } from "../accounts.ts";
import { type Demo, identityOf, ownerAfter, typeUriOf } from "./demo.ts";
import type { Seeding } from "./seed.ts";

/** Types, accreditations and status lists as `.mapae/local/demo.json` describes them. */
export interface SeededTrust {
  readonly types: readonly { name: string; uri: string; typeId: Hash }[];
  readonly grants: readonly SeededGrant[];
  readonly lists: readonly SeededList[];
}

/** Documents of the demo's types. */
export const TYPES_FOLDER = join(REPOSITORY, "cli", "local", "demo", "types");

interface SeededGrant {
  readonly name: string;
  readonly grantId: Hash;
  readonly type: string;
  readonly to: string;
}

interface SeededList {
  readonly list: Hash;
  readonly issuer: string;
  readonly number: number;
  readonly size: number;
  readonly type: string;
  readonly uri: string;
  readonly revoked: readonly number[];
  readonly suspended: readonly number[];
}

/** Writes the demo's types and roots as governance, its grants and lists as the DIDs' owners. */
export async function seedTrust(seeding: Seeding): Promise<SeededTrust> {
  return { types: await addTypes(seeding), grants: await addGrants(seeding), lists: await addLists(seeding) };
}

async function addTypes(seeding: Seeding): Promise<SeededTrust["types"]> {
  const types: { name: string; uri: string; typeId: Hash }[] = [];
  for (const { name, uri, document } of seeding.demo.types) {
    await govern(seeding, "addType", [uri, uri, keccak256(await readFile(join(TYPES_FOLDER, document)))]);
    types.push({ name, uri, typeId: id(uri) as Hash });
  }
  return types;
}

async function addGrants(seeding: Seeding): Promise<SeededGrant[]> {
  const { demo, network, provider } = seeding;
  const trust = registryOf(seeding, "trust");
  const { timestamp: now } = await newestBlock(provider);
  const granted = new Map<string, { grantId: Hash; account: number }>();
  const grants: SeededGrant[] = [];
  for (const { name, parent, type, to, startedAgo, validFor, mayGrant, label, withdrawnAgo } of demo.grants) {
    const subject = developmentAccount(to).address;
    const typeId = typeIdOf(demo, type);
    const number = Number(await trust.getFunction("grantCount")(typeId, subject));
    const above = parent === undefined ? undefined : granted.get(parent);
    const grantId = grantIdOf({ typeId, subject, parent: above?.grantId ?? null, number });
    const notBefore = now - parseDuration(startedAgo);
    const terms = [subject, notBefore, notBefore + parseDuration(validFor), mayGrant, label];

    if (above === undefined) await govern(seeding, "grantRoot", [typeId, ...terms]);
    else await write(trust, await controllerOf(seeding, above.account), "grant", [above.grantId, ...terms]);
    await write(trust, await controllerOf(seeding, to), "accept", [grantId]);
    if (above !== undefined && withdrawnAgo !== undefined) {
      const from = now - parseDuration(withdrawnAgo);
      await write(trust, await controllerOf(seeding, above.account), "withdraw", [grantId, from]);
    }
    granted.set(name, { grantId, account: to });
    grants.push({ name, grantId, type, to: formatDid(network.name, subject) });
  }
  return grants;
}

async function addLists(seeding: Seeding): Promise<SeededList[]> {
  const { demo, network, nodeUrl } = seeding;
  const registry = registryOf(seeding, "status");
  const lists: SeededList[] = [];
  for (const { issuer, number, size, type, revoked, suspended } of demo.lists) {
    const signer = await controllerOf(seeding, issuer);
    const address = developmentAccount(issuer).address;
    const list = listIdOf(address, BigInt(number));
    const baseUri = `${nodeUrl}/status-lists/${address}`;
    await write(registry, signer, "createList", [address, number, size, typeIdOf(demo, type), baseUri]);
    const reason = keccak256(crypto.getRandomValues(new Uint8Array(64)));
    await write(registry, signer, "update", [list, changesOf(revoked, suspended), reason]);
    const did = formatDid(network.name, address);
    lists.push({ list, issuer: did, number, size, type, uri: `${baseUri}/${number}`, revoked, suspended });
  }
  return lists;
}

/** Changes of whole chunks, in ascending order, as the registry requires. */
function changesOf(revoked: readonly number[], suspended: readonly number[]): object[] {
  const chunks = [...new Set([...revoked, ...suspended].map((index) => Math.floor(index / 256)))].sort((a, b) => a - b);
  const mask = (indexes: readonly number[], word: number) =>
    indexes
      .filter((index) => Math.floor(index / 256) === word)
      .reduce((bits, index) => bits | (1n << BigInt(index % 256)), 0n);
  return chunks.map((word) => ({ word, revoke: mask(revoked, word), suspend: mask(suspended, word), reinstate: 0n }));
}

/** Acts as the council, without delay on the local network. */
async function govern(seeding: Seeding, name: string, args: readonly unknown[]): Promise<void> {
  seeding.signal.throwIfAborted();
  const deployment = currentDeployment(seeding.network);
  const signer = await seeding.provider.getSigner(developmentAccount(0).address);
  const data = INTERFACES.trust.encodeFunctionData(name, args) as Hex;
  const { state } = await governed({ signer, deployment, target: deployment.registries.trust.address, data, fees: {} });
  if (state !== "done") throw new Error(`${name} is ${state}: the local timelock should have no delay`);
}

async function write(contract: Contract, signer: Signer, name: string, args: readonly unknown[]): Promise<void> {
  const sent = await (contract.connect(signer) as Contract).getFunction(name)(...args);
  await sent.wait();
}

function registryOf({ network, provider }: Seeding, name: "trust" | "status"): Contract {
  return new Contract(currentDeployment(network).registries[name].address, INTERFACES[name], provider);
}

/** The owner of a DID of the demo after its last version. */
function controllerOf({ demo, provider }: Seeding, account: number): Promise<Signer> {
  const did = demo.dids.find((one) => identityOf(one) === developmentAccount(account).address);
  return provider.getSigner(developmentAccount(did === undefined ? account : ownerAfter(did)).address);
}

function typeIdOf(demo: Demo, name: string): Hash {
  return id(typeUriOf(demo, name)) as Hash;
}
