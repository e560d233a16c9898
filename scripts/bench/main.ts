import { mkdir, writeFile } from "node:fs/promises";
import { isMet, type Row, ratio, table } from "./measuring/row.ts";
import { SECTIONS } from "./sections.ts";
import { startProgram } from "./stage/program.ts";

const OUTPUT = ".mapae/bench.json";

const args = process.argv.slice(2);
const isSmall = args.includes("--small");
const wanted = args.filter((arg) => arg !== "--small");
const unknown = wanted.find((name) => !(name in SECTIONS));
if (unknown !== undefined)
  throw new Error(`There is no section ${unknown}, wanted --small or some of ${Object.keys(SECTIONS).join(", ")}`);

const sizes = isSmall ? "small" : process.env.MAPAE_BENCH_LARGE === "1" ? "large" : "full";
const rows: Row[] = [];
for (const name of Object.keys(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`measuring ${name} ...\n`);
  await using section = await startProgram<Row[]>(new URL("section.ts", import.meta.url), [name, sizes]);
  rows.push(...section.sent);
}
process.stdout.write(`${table(rows)}\n\n`);
if (isSmall) process.stdout.write("These figures mean nothing: the sizes were small. No file is written.\n");
else {
  await mkdir(".mapae", { recursive: true });
  const report = {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    rows: rows.map((row) => ({ ...row, ratio: ratio(row), met: isMet(row) })),
  };
  await writeFile(OUTPUT, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`written to ${OUTPUT}\n`);
  process.exitCode = rows.every(isMet) ? 0 : 1;
}
