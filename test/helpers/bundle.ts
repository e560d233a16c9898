import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a bundler makes of a module for browsers. */
export interface Bundle {
  readonly code: string;
  /** What is left to be imported when it runs. */
  readonly imports: readonly string[];
  /** The files of which something is in it, by their path in this repository. */
  readonly files: readonly string[];
}

/** Bundles the text of a module that stands in the root of this repository, as an application's bundler does. */
export async function bundle(module: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: module, resolveDir: ROOT },
    absWorkingDir: ROOT,
    outfile: "bundle.js",
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error("esbuild made no bundle");
  const used = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    code: outputFiles[0]?.text ?? "",
    imports: output.imports.map(({ path }) => path),
    files: used.map(([path]) => path),
  };
}
