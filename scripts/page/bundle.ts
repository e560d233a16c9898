import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { ROOT } from "../package/tools.ts";

/** What a bundler makes of a module for browsers. */
export interface Bundle {
  readonly code: string;
  /** What is left to be imported when it runs. */
  readonly imports: readonly string[];
  /** The files of which something is in it, by their path in this repository. */
  readonly files: readonly string[];
}

/** How everything for browsers is bundled: the page, and the library where it is measured and tested. */
export const BROWSER_BUILD = {
  absWorkingDir: ROOT,
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  write: false,
} as const satisfies BuildOptions;

/**
 * Bundles the text of a module that stands in the root of this repository, as an application's bundler does: all of it in one
 * file, with what is imported only when it is needed.
 */
export async function bundle(module: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...BROWSER_BUILD,
    metafile: true,
    stdin: { contents: module, resolveDir: ROOT },
    outfile: "bundle.js",
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error("esbuild made no bundle");
  return {
    code: outputFiles[0]?.text ?? "",
    imports: output.imports.map(({ path }) => path),
    files: filesOf(output),
  };
}

/** The same, split where something is imported only when it is needed: what a page loads before that, and its bytes with gzip. */
export async function firstLoad(module: string): Promise<Omit<Bundle, "imports"> & { readonly gzip: number }> {
  const { outputFiles, metafile } = await build({
    ...BROWSER_BUILD,
    metafile: true,
    stdin: { contents: module, resolveDir: ROOT },
    outdir: "bundle",
    splitting: true,
  });
  const loaded = new Set(
    Object.keys(metafile.outputs).filter((path) => metafile.outputs[path]?.entryPoint === "<stdin>"),
  );
  for (const path of loaded) {
    for (const { path: other, kind } of metafile.outputs[path]?.imports ?? [])
      if (kind === "import-statement") loaded.add(other);
  }
  const code = outputFiles.filter(({ path }) => [...loaded].some((one) => path.endsWith(one))).map(({ text }) => text);
  const files = [...loaded].flatMap((path) => filesOf(metafile.outputs[path] ?? { inputs: {} }));
  return { code: code.join(""), files, gzip: code.reduce((sum, text) => sum + gzipSync(text).length, 0) };
}

function filesOf({ inputs }: { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }) {
  return Object.entries(inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path);
}
