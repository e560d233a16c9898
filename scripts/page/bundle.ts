import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { REPOSITORY } from "../../cli/files/repository.ts";

/** A module bundled for browsers. */
export interface Bundle {
  readonly code: string;
  /** Paths that are imported at run time. */
  readonly imports: readonly string[];
  /** Files with code in the bundle, by their path in this repository. */
  readonly files: readonly string[];
}

/** Options for bundling the page, and the library where it is measured and tested. */
export const BROWSER_BUILD = {
  absWorkingDir: REPOSITORY,
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  write: false,
} as const satisfies BuildOptions;

/**
 * Bundles the text of a module as if it were in the root of this repository, like the bundler of an application. The result
 * is one file, including dynamic imports.
 */
export async function bundle(module: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...BROWSER_BUILD,
    metafile: true,
    stdin: { contents: module, resolveDir: REPOSITORY },
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

/** The same, split at dynamic imports: the code that a page loads first, and its bytes with gzip. */
export async function firstLoad(module: string): Promise<Omit<Bundle, "imports"> & { readonly gzip: number }> {
  const { outputFiles, metafile } = await build({
    ...BROWSER_BUILD,
    metafile: true,
    stdin: { contents: module, resolveDir: REPOSITORY },
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
