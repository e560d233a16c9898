/** The environment without Mapae's own variables: a node refuses those of a bench, and is to follow the bench's chain. */
export function outerEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MAPAE_")));
}
