import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Wallet } from "ethers";
import type { Hash, NetworkDescriptor } from "../../resolver/index.ts";
import { untilBlocks } from "./blocks.ts";
import { answerOf } from "./command.ts";
import type { Consortium, Member, Person } from "./founding.ts";
import { answered, type MinistryNode } from "./ministry-node.ts";
import { until } from "./until.ts";

/** Number of blocks after which no validator replaces a block while all are connected. */
const SETTLED = 2;

/** A consortium on this machine, with the nodes of some ministries and people who use the command line. */
export class Rehearsal {
  readonly consortium: Consortium;
  /** Nodes of the first members, in their order, and of those that join. */
  readonly nodes: MinistryNode[];

  constructor(consortium: Consortium, nodes: MinistryNode[]) {
    this.consortium = consortium;
    this.nodes = nodes;
  }

  /** The path of a file in the shared folder. */
  file(name: string): string {
    return join(this.consortium.folder, name);
  }

  member(id: string): Member {
    return this.consortium.members.find((one) => one.id === id) ?? assert.fail(id);
  }

  node(id: string): MinistryNode {
    return this.nodes.find((one) => one.id === id) ?? assert.fail(id);
  }

  /** The network descriptor, once the network is deployed. */
  get network(): NetworkDescriptor {
    return JSON.parse(readFileSync(this.file("network.json"), "utf8"));
  }

  address(person: Person): string {
    return this.consortium.people[person].address.toLowerCase();
  }

  did(person: Person): string {
    return `did:mapae:${this.network.name}:${this.address(person)}`;
  }

  /** Calls a command with a person's key and the server of a member. */
  by<T = Record<string, never>>(person: Person | Wallet, args: readonly string[], at = "interior"): Promise<T> {
    const signer = typeof person === "string" ? this.consortium.people[person] : person;
    return answerOf<T>(args, this.consortium.as(signer, this.member(at)));
  }

  /** Calls a command that writes, and waits until its block is not replaced any more, because later steps may depend on it. */
  async write<T = Record<string, never>>(person: Person | Wallet, ...args: string[]): Promise<T> {
    const answer = await this.by<T>(person, args);
    await untilBlocks(this.member("interior"), SETTLED);
    return answer;
  }

  /** Acts for the council: a command proposes the act, two members sign it, and anybody sends it. */
  async decide(...act: string[]): Promise<void> {
    const paths = [this.file("one.json"), this.file("two.json")];
    for (const [at, path] of paths.entries()) {
      await writeFile(path, JSON.stringify(await this.by("anybody", act)));
      await this.by(this.consortium.council[at] ?? assert.fail(), ["council", "sign", path, "--yes"]);
    }
    await this.write("anybody", "council", "execute", ...paths);
  }

  /** The council proposes an act to the timelock, and anybody executes it after the delay. */
  async govern<T>(...act: string[]): Promise<T> {
    await this.decide(...act);
    const done = await until(`${act.slice(0, 2).join(" ")} is executed`, async () => {
      const answer = await this.by<{ state: string }>("anybody", act);
      return answer.state === "done" && answer;
    });
    await untilBlocks(this.member("interior"), SETTLED);
    return done as T;
  }

  /** A person's accreditations in the answer of a node. */
  async accreditations(node: MinistryNode, person: Person): Promise<readonly Accreditation[]> {
    const path = `/accreditations/${this.did(person)}`;
    return (await answered<{ accreditations: Accreditation[] }>(node, path)).accreditations;
  }
}

/** An accreditation in the answer of a node. */
export interface Accreditation {
  readonly grantId: Hash;
  readonly holds: boolean;
}
