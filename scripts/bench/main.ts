import { mkdir, writeFile } from "node:fs/promises";
import { consortiumRows } from "./consortium/rows.ts";
import { gasRows } from "./gas/dids.ts";
import { registryGasRows } from "./gas/registries.ts";
import { gateRows } from "./gate/rows.ts";
import { indexRows } from "./index/rows.ts";
import { keyRows } from "./keys.ts";
import { libraryRows } from "./library.ts";
import { listRows } from "./lists/rows.ts";
import { isMet, type Row, ratio, table } from "./measuring/row.ts";
import { pageRows } from "./page/rows.ts";
import { proofRows } from "./proofs.ts";
import { resolveRows } from "./resolve/rows.ts";
import { scaleRows } from "./scale/rows.ts";

const OUTPUT = ".mapae/bench.json";

const sections: Record<string, () => Promise<Row[]>> = {
  gas: gasRows,
  registries: registryGasRows,
  resolve: resolveRows,
  index: indexRows,
  library: libraryRows,
  lists: listRows,
  keys: keyRows,
  gate: gateRows,
  proofs: proofRows,
  page: pageRows,
  scale: scaleRows,
  consortium: consortiumRows,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in sections));
if (unknown !== undefined)
  throw new Error(`There is no section ${unknown}, wanted ${Object.keys(sections).join(", ")}`);

const rows: Row[] = [];
for (const [name, measure] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
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
