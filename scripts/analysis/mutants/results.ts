import { appendFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { Judgement } from "./judge.ts";
import type { Basis } from "./test-files.ts";

const result = z.object({
  key: z.string(),
  outcome: z.enum(["killed", "timeout", "survived", "equal", "invalid"]),
  /** Name of the test that killed the mutant, and its file. */
  by: z.string().optional(),
  file: z.string().optional(),
  /** Hash of everything that the result depends on. */
  basis: z.string(),
});

/** The result of one mutant. */
export type Result = z.infer<typeof result>;

/** The results so far, which are written after each mutant, so that an interrupted run can continue. */
export interface Results {
  readonly of: ReadonlyMap<string, Result>;
  add(key: string, judgement: Judgement): Promise<void>;
}

/**
 * Opens results in a file of JSON lines. Results that a change of contracts or tests may have altered are dropped, and so is
 * an incomplete last line. A kill depends on the test that killed, a survival on all tests.
 */
export async function openResults(path: string, basis: Basis): Promise<Results> {
  const basisOf = ({ outcome, file }: { outcome: Result["outcome"]; file?: string | undefined }) => {
    if (outcome === "killed") return basis.of(file ?? "") ?? "";
    return outcome === "survived" || outcome === "timeout" ? basis.all : basis.shared;
  };
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const of = new Map<string, Result>();
  for (const line of text.split("\n").slice(0, -1)) {
    const one = result.parse(JSON.parse(line));
    if (one.basis === basisOf(one)) of.set(one.key, one);
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, [...of.values()].map((one) => `${JSON.stringify(one)}\n`).join(""));
  await rename(`${path}.new`, path);
  return {
    of,
    async add(key, judgement) {
      const killer = judgement.outcome === "killed" ? { by: judgement.by, file: judgement.file } : {};
      const one = { key, outcome: judgement.outcome, ...killer, basis: basisOf(judgement) };
      of.set(key, one);
      await appendFile(path, `${JSON.stringify(one)}\n`);
    },
  };
}
