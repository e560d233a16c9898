import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Row } from "../measuring/row.ts";
import type { Sizes } from "../sizes.ts";
import { startProgram } from "../stage/program.ts";
import { type Checked, dayOf, sizeOf } from "./facts.ts";
import { importRows } from "./import.ts";
import { onlineRows } from "./online.ts";
import { presentationsOf } from "./presentations.ts";
import { type GateStage, openGateStage } from "./stage.ts";

/** Costs of a gate: size and import of bundles and deltas, and a check; the last two also against a node. */
export async function gateRows(sizes: Sizes["gate"]): Promise<Row[]> {
  await using stage = await openGateStage(sizes);
  return [...sizeRows(stage), ...(await importRows(stage)), ...(await checkRows(stage)), ...(await onlineRows(stage))];
}

function sizeRows({ sizes, full, delta }: GateStage): Row[] {
  const row = { unit: "bytes", goal: 1 } as const;
  return [
    { ...row, topic: "bundle", size: sizeOf(sizes), peer: "250 kB", ours: full.length, theirs: 250_000 },
    { ...row, topic: "bundle: delta of a day", size: dayOf(sizes), peer: "40 kB", ours: delta.length, theirs: 40_000 },
  ];
}

/** Checks in their own process, so that node and chain do not share it with the gate. */
async function checkRows({ sizes, chain, node, folder, full, delta }: GateStage): Promise<Row[]> {
  const files = {
    "network.json": JSON.stringify(chain.network),
    "presentations.json": JSON.stringify(await presentationsOf(chain, node, sizes)),
    "full.bundle": full,
    "delta.bundle": delta,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const args = [folder, node.url, String(sizes.checks), String(sizes.checkRounds)];
  await using program = await startProgram<Checked>(new URL("checks.ts", import.meta.url), args);
  const { check, signatures, online } = program.sent;
  const row = { size: "SD-JWT VC with key binding", unit: "ms" } as const;
  const [wall, cpu] = ["gate: a check, p99", "gate: a check, p99, processor"];
  return [
    { ...row, topic: wall, peer: "5 ms", ours: check.wall, theirs: 5, goal: 1 },
    { ...row, topic: cpu, peer: "5 ms", ours: check.cpu, theirs: 5, goal: 1 },
    {
      ...row,
      topic: wall,
      peer: "its two signatures alone, alternating",
      ours: check.wall,
      theirs: signatures,
      goal: 10,
    },
    { ...row, topic: "gate: a check", peer: "the same verdict by a node on this machine", ...online, goal: 1 },
  ];
}
