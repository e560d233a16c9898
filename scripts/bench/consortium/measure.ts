import { setTimeout as delay } from "node:timers/promises";
import { addRoot } from "../../rehearsal/deploy.ts";
import { wallets } from "../../rehearsal/founding.ts";
import type { Rehearsal } from "../../rehearsal/rehearsal.ts";
import { type Burst, blocksOf, burst, type Field, untilMined } from "./burst.ts";
import { type Kind, kindsOf, setUpOf } from "./kinds.ts";
import { openConsortium } from "./network.ts";
import { readDocuments } from "./reading.ts";
import { Sender } from "./senders.ts";
import { watchBlocks } from "./watch.ts";

const SENDERS = 20;
/** Measured bursts of each kind, after one for warming up. */
const ROUNDS = 3;
/** Number of writes to an idle network, and milliseconds between two of them. */
const IDLE_WRITES = 40;
const IDLE_MS = 700;

const YEARS = ["--not-before", "2026-01-01", "--not-after", "2036-01-01"];

type KindName = keyof ReturnType<typeof kindsOf>;

export interface Measured {
  readonly bursts: Readonly<Record<KindName, readonly Burst[]>>;
  /** Bursts while every node answers as many reads as it can. */
  readonly besideReads: Readonly<Record<"didChange" | "transfer", readonly Burst[]>>;
  /** Answers per second, of all nodes together. */
  readonly reads: number;
  /** Milliseconds of each write on an idle network, until it was mined, and until all nodes served it. */
  readonly idle: { readonly toMined: readonly number[]; readonly toServed: readonly number[] };
}

/** Founds a consortium and sends it bursts of all kinds in turn, then bursts while the nodes are read, then single writes. */
export async function measureConsortium(say: (line: string) => void): Promise<Measured> {
  const accounts = wallets(SENDERS);
  const { rehearsal, close } = await openConsortium(accounts);
  try {
    await addRoot(rehearsal, YEARS);
    const { field, root, known } = await sendersOf(rehearsal, accounts);
    const kinds = kindsOf(rehearsal.network, root);
    const rounds = new Map<KindName, number>();
    const inTurn = async (names: readonly KindName[], said: string) => {
      const all = Object.fromEntries(names.map((name) => [name, [] as Burst[]])) as Record<KindName, Burst[]>;
      for (let turn = 0; turn <= ROUNDS; turn++) {
        for (const name of names) {
          const round = rounds.get(name) ?? 0;
          rounds.set(name, round + 1);
          const one = await burst(field, kinds[name], round);
          say(`${said} ${turn}: ${name} ${((1_000 * one.count) / one.ms).toFixed(0)} a second`);
          if (turn > 0) all[name].push(one);
        }
      }
      return all;
    };
    try {
      say("the consortium is founded");
      const bursts = await inTurn(Object.keys(kinds) as KindName[], "round");
      const reading = readDocuments(rehearsal.nodes, known);
      const besideReads = await inTurn(["didChange", "transfer"], "beside reads, round");
      const reads = await reading.end();
      const idle = await writeNowAndThen(field, kinds.didChange);
      return { bursts, besideReads, reads, idle };
    } finally {
      await field.watch.close();
    }
  } finally {
    await close();
  }
}

/** Accounts that the ministry accredited, each with a DID document and two lists. */
async function sendersOf(rehearsal: Rehearsal, accounts: ReturnType<typeof wallets>) {
  const { consortium, network, nodes } = rehearsal;
  const { members, people } = consortium;
  const [member, node] = [members[0], nodes[0]];
  const [accreditation] = node === undefined ? [] : await rehearsal.accreditations(node, "ministry");
  if (member === undefined || accreditation === undefined) throw new Error("The ministry has no accreditation");
  const { validator } = member;
  const { chainId, name } = network;
  const root = accreditation.grantId;
  const nonce = Number(await validator.rpc("eth_getTransactionCount", people.ministry.address, "latest"));
  const holder = new Sender(people.ministry, validator, chainId, nonce);
  const senders = accounts.map((account, at) => {
    return new Sender(account, members[at % members.length]?.validator ?? validator, chainId);
  });
  const calls = senders.map(({ address }) => setUpOf(network, root, address));
  const gas = 1_000_000;
  await holder.send(await Promise.all(calls.flatMap(({ byRoot }) => byRoot.map((call) => holder.sign(call, gas)))));
  await untilMined(validator, [holder]);
  for (const [at, sender] of senders.entries()) {
    await sender.send(await Promise.all((calls[at]?.bySender ?? []).map((call) => sender.sign(call, gas))));
  }
  await untilMined(validator, senders);
  const known = `did:mapae:${name}:${senders[0]?.address}`;
  const field: Field = { senders, validator, watch: await watchBlocks(rehearsal, known) };
  return { field, root, known };
}

/** Sends single writes with a pause after each. */
async function writeNowAndThen({ senders, validator, watch }: Field, kind: Kind): Promise<Measured["idle"]> {
  const before = watch.head;
  const sent: { hash: string; at: number }[] = [];
  for (let write = 0; write < IDLE_WRITES; write++) {
    const sender = senders[write % senders.length];
    if (sender === undefined) throw new Error("There are no senders");
    // The bursts never reach this number, so the write differs from theirs.
    const signed = await sender.sign(kind.call(sender.address, 1_000_000 + write), kind.gas);
    const at = performance.now();
    const [hash = ""] = await sender.send([signed]);
    sent.push({ hash, at });
    await delay(IDLE_MS);
  }
  await untilMined(validator, senders);
  const hashes = sent.map(({ hash }) => hash);
  const blocks = await blocksOf(validator, hashes, before);
  await watch.untilServed(Math.max(...blocks));
  const since = (when: (block: number) => number) => blocks.map((block, at) => when(block) - (sent[at]?.at ?? 0));
  return { toMined: since(watch.minedAt), toServed: since(watch.servedAt) };
}
