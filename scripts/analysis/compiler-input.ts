import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

const BUILD_INFO = "artifacts/build-info";

const source = z.object({ content: z.string() });
const buildInfo = z.object({
  input: z.object({
    language: z.string(),
    sources: z.record(z.string(), source),
    settings: z.looseObject({}),
  }),
});

/** The compiler's standard JSON input without `outputSelection`. Sources are named by their path in the project. */
export type CompilerInput = z.infer<typeof buildInfo>["input"];

/**
 * The input that Hardhat compiled. Its source names become paths, because Slither looks for the files. After a partial build
 * Hardhat keeps several builds, which together have every source.
 *
 * @param wanted which sources to keep, by path.
 */
export async function compilerInput(wanted: (path: string) => boolean): Promise<CompilerInput> {
  const files = (await readdir(BUILD_INFO)).filter((file) => /^solc-[^.]*\.json$/.test(file));
  const builds = await Promise.all(
    files.map(async (file) => buildInfo.parse(JSON.parse(await readFile(join(BUILD_INFO, file), "utf8"))).input),
  );
  const [first] = builds;
  if (!first) throw new Error(`${BUILD_INFO} is empty: run "hardhat build" first`);
  const sources = new Map<string, z.infer<typeof source>>();
  for (const [name, text] of builds.flatMap((build) => Object.entries(build.sources))) {
    const path = name.replace(/^project\//, "").replace(/^npm\/(@?[^@]+)@[^/]+/, "node_modules/$1");
    if (!wanted(path)) continue;
    if (sources.has(path) && !isDeepStrictEqual(sources.get(path), text)) {
      throw new Error(`two builds differ in ${path}: run "hardhat clean" and "hardhat build"`);
    }
    sources.set(path, text);
  }
  const { outputSelection: _, ...settings } = first.settings;
  return {
    language: first.language,
    sources: Object.fromEntries(sources),
    settings: { ...settings, remappings: ["@openzeppelin/contracts/=node_modules/@openzeppelin/contracts/"] },
  };
}
