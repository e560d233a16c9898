/** The environment without Mapae's variables, because a node rejects those of the bench, and has to follow the bench's chain. */
export function outerEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MAPAE_")));
}
