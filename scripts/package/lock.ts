import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./tools.ts";

/** A package of the lock file. */
export interface LockedPackage {
  /** Its folder, from the root: `node_modules/…`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** Subresource integrity: an algorithm and a hash in Base64. */
  readonly integrity: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

interface Entry extends Omit<LockedPackage, "path" | "name" | "dependencies"> {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly dev?: true;
  readonly optional?: true;
  readonly devOptional?: true;
}

/** The packages that a node needs, as the lock file has them, by their folder: none of development, none for one platform. */
export async function runtimePackages(): Promise<ReadonlyMap<string, LockedPackage>> {
  const lock = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, Entry>;
  };
  const needed = Object.entries(lock.packages).filter(
    ([path, { dev, optional, devOptional }]) => path !== "" && !dev && !optional && !devOptional,
  );
  return new Map(
    needed.map(([path, { version, integrity, license, dependencies = {} }]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      return [path, { path, name, version, integrity, license, dependencies }];
    }),
  );
}
