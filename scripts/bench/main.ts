import { mkdir, writeFile } from "node:fs/promises";
import { gasRows } from "./gas.ts";
import { registryGasRows } from "./gas-registries.ts";
import { indexRows } from "./index-rows.ts";
import { listRows } from "./lists.ts";
import { resolveRows } from "./resolve.ts";
import { isMet, type Row, ratio, table } from "./row.ts";
import { scaleRows } from "./scale.ts";

const OUTPUT = ".mapae/bench.json";

const sections: Record<string, () => Promise<Row[]>> = {
  gas: gasRows,
  registries: registryGasRows,
  resolve: resolveRows,
  index: indexRows,
  lists: listRows,
  scale: scaleRows,
};

const rows: Row[] = [];
for (const [name, measure] of Object.entries(sections)) {
  process.stderr.write(`measuring ${name} ...\n`);
  rows.push(...(await measure()));
}
await mkdir(".mapae", { recursive: true });
const report = {
  date: new Date().toISOString(),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  rows: rows.map((row) => ({ ...row, ratio: ratio(row), met: isMet(row) })),
};
await writeFile(OUTPUT, `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write(`${table(rows)}\n\nwritten to ${OUTPUT}\n`);
process.exitCode = rows.every(isMet) ? 0 : 1;
