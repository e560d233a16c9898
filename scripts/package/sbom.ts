import { type LockedPackage, packagesBelow, resolvedPackage, runtimePackages } from "./lock.ts";

/**
 * The bill of materials of the operator's package as CycloneDX 1.5, from the lock file. It has no serial number and no time,
 * which are optional in the format, so that the same lock file gives the same text. `npm sbom --omit=dev` can't be used,
 * because it also omits runtime packages that development needs, too.
 *
 * @param imported the packages that the code imports.
 * @param bundled packages that are bundled into the page and not installed.
 */
export async function softwareBillOfMaterials(
  version: string,
  { imported, bundled }: { readonly imported: readonly string[]; readonly bundled: readonly string[] },
): Promise<string> {
  const packages = new Map([...(await runtimePackages()), ...(await packagesBelow(bundled))]);
  const own = { type: "application", "bom-ref": `mapae-node@${version}`, name: "mapae-node", version };
  const licensed = { ...own, licenses: [{ license: { id: "Apache-2.0" } }] };
  const components = new Map([...packages.values()].map((one) => [referenceOf(one), componentOf(one)]));
  const dependencies = [...packages.values()].map((one) => {
    const found = Object.keys(one.dependencies).flatMap((name) => resolvedPackage(packages, one.path, name) ?? []);
    return [referenceOf(one), found.map(referenceOf).sort()] as const;
  });
  const direct = [...imported, ...bundled]
    .flatMap((name) => resolvedPackage(packages, "", name) ?? [])
    .map(referenceOf);
  const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: licensed },
    components: [...components.values()],
    dependencies: [[own["bom-ref"], direct] as const, ...new Map(dependencies)].map(([ref, dependsOn]) => ({
      ref,
      dependsOn,
    })),
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function referenceOf({ name, version }: LockedPackage): string {
  return `${name}@${version}`;
}

function componentOf(one: LockedPackage) {
  const [algorithm = "", hash = ""] = one.integrity.split(/-(.*)/);
  const isExpression = / (OR|AND) /.test(one.license);
  return {
    type: "library",
    "bom-ref": referenceOf(one),
    name: one.name,
    version: one.version,
    purl: `pkg:npm/${one.name.replace("@", "%40")}@${one.version}`,
    hashes: [{ alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(hash, "base64").toString("hex") }],
    licenses: [isExpression ? { expression: one.license } : { license: { id: one.license } }],
  };
}
