/**
 * Mutation testing of the contracts: checks that a test fails for each small change. Fails when a survivor has no waiver, or
 * when too few mutants are killed.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { WORK } from "./artifacts.ts";
import { openCompiler } from "./compile.ts";
import { openJudge } from "./judge.ts";
import { mutate, sample } from "./mutate.ts";
import { complaints, type Judged, percent, score, survivors, table, waivers } from "./report.ts";
import { openResults } from "./results.ts";
import { readBasis, testFiles } from "./test-files.ts";

const options = z
  .object({
    sample: z.coerce.number().int().min(1).optional(),
    seed: z.coerce.number().int(),
    only: z.string().optional(),
  })
  .parse(
    parseArgs({
      options: { sample: { type: "string" }, seed: { type: "string", default: "1" }, only: { type: "string" } },
    }).values,
  );

const clock = () => performance.now();
const compiler = await openCompiler();
const all = [...compiler.files].flatMap(([file, { source, tree }]) => mutate(file, source, tree));
const matching = all.filter(({ key }) => key.includes(options.only ?? ""));
const chosen = options.sample === undefined ? matching : sample(matching, options.sample, options.seed);

const tests = await testFiles();
const results = await openResults(join(WORK, "results.jsonl"), await readBasis(tests, JSON.stringify(compiler.input)));
const open = chosen.filter(({ key }) => !results.of.has(key));
console.log(`${all.length} mutants, ${chosen.length} chosen, ${chosen.length - open.length} of them judged before`);

if (open.length > 0) {
  const { judge, close } = await openJudge({ compiler, files: tests, clock });
  const started = clock();
  for (const [at, mutant] of open.entries()) {
    const judgement = await judge(mutant);
    await results.add(mutant.key, judgement);
    const left = ((clock() - started) / (at + 1)) * (open.length - at - 1);
    const progress = `${at + 1}/${open.length} ${percent((at + 1) / open.length)}, ${Math.ceil(left / 60_000)} min left`;
    console.log(`${progress}: ${judgement.outcome}: ${mutant.key}`);
  }
  close();
}

const judged: Judged[] = chosen.flatMap((mutant) => {
  const result = results.of.get(mutant.key);
  return result ? [{ mutant, result }] : [];
});
const waived = waivers.parse(JSON.parse(await readFile(join(import.meta.dirname, "waivers.json"), "utf8")));
const texts = new Map([...compiler.files].map(([file, { source }]) => [file, source]));
console.log(`\n${table(judged, ({ file }) => file)}\n\n${table(judged, ({ operator }) => operator)}\n`);
for (const survivor of survivors(judged, waived, texts)) console.log(`${survivor}\n`);

const { killed, of, share } = score(judged);
console.log(`killed ${killed} of ${of} mutants: ${percent(share)}`);
const wrong = complaints({ judged, all, waived });
for (const complaint of wrong) console.error(complaint);
if (wrong.length > 0) process.exitCode = 1;
