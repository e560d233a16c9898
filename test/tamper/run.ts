import assert from "node:assert/strict";
import { getResolver } from "../../resolver/get-resolver.ts";
import type { KnownBlock } from "../../resolver/proofs/asking/known-blocks.ts";
import { verifyEnvelope } from "../../resolver/proofs/verify-envelope.ts";
import { label } from "../helpers/contracts.ts";
import { DAY } from "../helpers/grants.ts";
import { Random } from "../helpers/random.ts";
import { lower, provingStage } from "../node/proofs/proving-node.ts";
import { tamperingProxy } from "./proxy.ts";
import { otherByte } from "./tamper.ts";

type After = Parameters<typeof provingStage>[0];

/**
 * Starts a node with DIDs of every kind (changed often, changed once, deactivated, never written), and keeps older envelopes.
 */
export async function tamperStage(t: After) {
  const stage = await provingStage(t);
  const { bodies, did } = stage;
  const dids = [...stage.addresses, stage.stranger].map((address) => `did:mapae:local:${address}`);
  const proofOf = async (one: string) => (await stage.get(`/proofs/dids/${one}`)).text();
  for (const body of bodies) await did.connect(body).setAttribute(body.address, label("a"), "0x01", DAY);
  await stage.settled();
  const old = new Map(await Promise.all(dids.map(async (one) => [one, await proofOf(one)] as const)));
  for (const body of bodies.slice(1)) await did.connect(body).setAttribute(body.address, label("b"), "0x02", DAY);
  await stage.deactivate(bodies[0] ?? assert.fail());
  await stage.settled();
  const now = await stage.now();
  const proofs = new Map(await Promise.all(dids.map(async (one) => [one, await proofOf(one)] as const)));
  return { ...stage, dids, old, proofs, at: now, lower };
}

export type TamperStage = Awaited<ReturnType<typeof tamperStage>>;

/** Number of right answers, and of each error by its code. */
export type Outcome = Readonly<Record<string, number>>;

/**
 * Resolves DIDs with required proofs through a proxy that tampers at random.
 * @throws AssertionError on an answer that is neither the correct one nor an error of a proof.
 */
export async function resolveTampered(stage: TamperStage, count: number, seed: number): Promise<Outcome> {
  const { network, dids, old, proofs, node, at } = stage;
  const random = new Random(seed);
  const foreign = JSON.stringify({ ...JSON.parse(proofs.get(dids[1] as string) as string), network: "gov-00000000" });
  const hoard = (path: string) => {
    const did = path.split("/").at(-1) as string;
    return {
      old: old.get(did) as string,
      others: [...[...proofs.values()].filter((one) => one !== proofs.get(did)), foreign],
    };
  };
  const proxy = await tamperingProxy(node.url, hoard, random);
  const options = { now: () => at, proofs: "require" } as const;
  const resolverOf = (url: string, known: Map<string, KnownBlock>) =>
    getResolver({ networks: [{ descriptor: network, nodes: [url] }], ...options, known }).mapae;
  const shown = async (url: string, did: string, known: Map<string, KnownBlock>) => {
    const { didDocument, didDocumentMetadata, didResolutionMetadata } = await resolverOf(url, known)(did, {}, null, {});
    const { error, message: _, nodes: __, ...metadata } = didResolutionMetadata as Record<string, unknown>;
    return {
      error,
      answer: JSON.stringify([didDocument, didDocumentMetadata, error === "notFound" ? error : metadata]),
    };
  };
  // The verifier remembers the newest proven block, so it rejects envelopes that are fresh enough but older than that block.
  const known = new Map<string, KnownBlock>();
  const right = new Map<string, string>();
  for (const did of dids) right.set(did, (await shown(node.url, did, known)).answer);
  const outcome: Record<string, number> = { right: 0 };
  try {
    for (let asked = 0; asked < count; asked++) {
      const did = random.pick(dids);
      const { error, answer } = await shown(proxy.url, did, known);
      if (answer === right.get(did)) outcome.right = (outcome.right ?? 0) + 1;
      else {
        assert.match(String(error), /^(proof[A-Z]|unavailable$)/, `${did}: ${answer}`);
        outcome[String(error)] = (outcome[String(error)] ?? 0) + 1;
      }
    }
  } finally {
    await proxy.close();
  }
  return outcome;
}

/**
 * Replaces bytes of a valid envelope, one at a time, by random others, and verifies the result.
 * @param places number of random positions; by default each byte is replaced once.
 * @throws AssertionError when an altered envelope is accepted and proves something else, or an error has no code.
 */
export async function mutateBytes(stage: TamperStage, seed: number, places?: number): Promise<Outcome> {
  const { network, proofs, dids, at } = stage;
  const random = new Random(seed);
  const [, did = ""] = dids;
  const address = did.slice(-42) as `0x${string}`;
  const good = proofs.get(did) as string;
  const proven = async (text: string) => {
    const { asOf, state } = await verifyEnvelope(network, JSON.parse(text), { now: at, maxAge: 900 });
    return JSON.stringify([asOf, state.state("did", address)], (_, value) =>
      typeof value === "bigint" ? `${value}` : value,
    );
  };
  const wanted = await proven(good);
  const outcome: Record<string, number> = {};
  for (let place = 0; place < (places ?? good.length); place++) {
    const text = otherByte(good, random, places === undefined ? place : undefined);
    const code = await proven(text).then(
      (got) => {
        assert.equal(got, wanted, `byte ${place}`);
        return "the same";
      },
      (error: { code?: string }) => {
        if (error instanceof SyntaxError) return "no JSON";
        assert.match(String(error.code), /^(PROOF_|UNAVAILABLE$)/, String(error));
        return String(error.code);
      },
    );
    outcome[code] = (outcome[code] ?? 0) + 1;
  }
  return outcome;
}
