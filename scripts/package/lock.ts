import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";

/** A package in the lock file. */
export interface LockedPackage {
  /** Its folder from the root: `node_modules/…`. */
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

/**
 * The packages of the lock file that a node needs, by their folder: without development packages and packages for a single
 * platform.
 */
export function runtimePackages(): Promise<ReadonlyMap<string, LockedPackage>> {
  return lockedPackages(({ dev, optional, devOptional }) => !dev && !optional && !devOptional);
}

/** Packages by name, with all their dependencies, including development packages. */
export async function packagesBelow(names: readonly string[]): Promise<ReadonlyMap<string, LockedPackage>> {
  const all = await lockedPackages(() => true);
  const found = new Map<string, LockedPackage>();
  const wanted = names.map((name) => resolvedPackage(all, "", name));
  for (const one of wanted) {
    if (one === undefined || found.has(one.path)) continue;
    found.set(one.path, one);
    wanted.push(...Object.keys(one.dependencies).map((name) => resolvedPackage(all, one.path, name)));
  }
  return found;
}

/** Resolves a package name from a folder of the lock file: the nearest package upwards. */
export function resolvedPackage(
  packages: ReadonlyMap<string, LockedPackage>,
  path: string,
  name: string,
): LockedPackage | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const found = packages.get(`${at === "" ? "" : `${at}/`}node_modules/${name}`);
    if (found !== undefined || at === "") return found;
  }
}

async function lockedPackages(isWanted: (entry: Entry) => boolean): Promise<ReadonlyMap<string, LockedPackage>> {
  const lock = JSON.parse(await readFile(join(REPOSITORY, "package-lock.json"), "utf8")) as {
    packages: Record<string, Entry>;
  };
  const wanted = Object.entries(lock.packages).filter(([path, entry]) => path !== "" && isWanted(entry));
  return new Map(
    wanted.map(([path, { version, integrity, license, dependencies = {} }]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      return [path, { path, name, version, integrity, license, dependencies }];
    }),
  );
}
