/**
 * Program with the arguments `FOLDER NODE CHECKS ROUNDS`: a gate in its own process, with the bundles of the folder. It measures
 * `CHECKS` checks, each followed by the verification of two bare signatures; the first tenth is for warming up. In `ROUNDS` rounds
 * it also compares a check with the same verdict from the node at the URL `NODE`. It sends the results.
 */
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseNetworkDescriptor, verifier } from "../../../resolver/index.ts";
import { compare, quantile } from "../measuring/timing.ts";
import { AUDIENCE, type Checked, MAX_AGE, NONCE, TYPE } from "./facts.ts";
import { importInto, openBenchGate } from "./open.ts";

const [folder = "", node = "", ...counts] = process.argv.slice(2);
const [total = 0, rounds = 0] = counts.map(Number);
const json = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8"));
const network = parseNetworkDescriptor(await json("network.json"));
const shown = (await json("presentations.json")) as string[];
const gate = await openBenchGate(network, join(folder, "checks"));
for (const name of ["full", "delta"]) await importInto(gate, await readFile(join(folder, `${name}.bundle`)));

let at = 0;
const next = () => shown[at++ % shown.length] as string;

async function check(): Promise<void> {
  const { outcome, reason } = await gate.check({ credential: next(), nonce: NONCE });
  if (outcome !== "admit") throw new Error(`A good credential was refused: ${reason}`);
}

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const data = Buffer.alloc(600, 7);
const signature = sign("sha256", data, privateKey);

async function twoSignatures(): Promise<void> {
  for (const _ of [1, 2]) if (!verify("sha256", data, publicKey, signature)) throw new Error("A good signature is bad");
}

async function timed(work: () => Promise<void>): Promise<{ readonly wall: number; readonly cpu: number }> {
  const [from, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - from, cpu: (user + system) / 1_000 };
}

const checks: Awaited<ReturnType<typeof timed>>[] = [];
const signatures: typeof checks = [];
for (let count = 0; count < total; count++) {
  checks.push(await timed(check));
  signatures.push(await timed(twoSignatures));
}

function p99(times: readonly number[]): number {
  return quantile(times.slice(total / 10), 0.99);
}

const { verifyPresentation } = verifier({ networks: [{ descriptor: network, nodes: [node] }] });
const online = await compare({
  ours: check,
  theirs: async () => {
    const wanted = { nonce: NONCE, audience: AUDIENCE, maxAge: MAX_AGE, type: TYPE };
    const { verdict, reason } = await verifyPresentation(next(), wanted);
    if (verdict !== "valid") throw new Error(`A good credential is ${verdict}: ${reason}`);
  },
  times: { ours: 100, theirs: 20 },
  rounds,
});
await gate.close();
const answer: Checked = {
  check: { wall: p99(checks.map(({ wall }) => wall)), cpu: p99(checks.map(({ cpu }) => cpu)) },
  signatures: p99(signatures.map(({ wall }) => wall)),
  online,
};
process.send?.(answer);
process.disconnect?.();
