import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { BROWSER_BUILD, firstLoad } from "../page/bundle.ts";
import type { Row } from "./measuring/row.ts";

/**
 * Maximum bytes, minified and gzipped, that a page loads before it runs: as one file without dynamic imports, and as the
 * files of a splitting bundler, each compressed separately.
 */
export const LIBRARY_LIMITS = {
  whole: { one: 90_000, split: 95_000 },
  getResolver: { one: 60_000, split: 60_000 },
} as const;

/** How a bundler writes the code that is loaded first. */
export type Layout = keyof (typeof LIBRARY_LIMITS)[keyof typeof LIBRARY_LIMITS];

const MODULES = {
  whole: 'export * from "./resolver/index.ts";',
  getResolver: 'export { getResolver } from "./resolver/get-resolver.ts";',
} as const satisfies Record<keyof typeof LIBRARY_LIMITS, string>;

/** Leaves dynamic imports, such as ML-DSA in JavaScript, out of the bundle. */
const LATER: Plugin = {
  name: "later",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

/** Bytes, minified and gzipped, that are loaded before a part of the library runs. */
export async function librarySize(part: keyof typeof LIBRARY_LIMITS, layout: Layout): Promise<number> {
  if (layout === "split") return (await firstLoad(MODULES[part])).gzip;
  const { outputFiles } = await build({
    stdin: { contents: MODULES[part], resolveDir: REPOSITORY },
    ...BROWSER_BUILD,
    plugins: [LATER],
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild made no bundle");
  return gzipSync(file.contents).length;
}

/** Size of the library in a page, against limits of ours. */
export async function libraryRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of ["whole", "getResolver"] as const) {
    for (const [layout, theirs] of Object.entries(LIBRARY_LIMITS[part]) as [Layout, number][]) {
      const ours = await librarySize(part, layout);
      const size = layout === "one" ? "one file, minified, gzip" : "split, minified, gzip";
      rows.push({ topic: `library: ${part}`, size, peer: "a limit of ours", ours, theirs, unit: "bytes", goal: 1 });
    }
  }
  return rows;
}
