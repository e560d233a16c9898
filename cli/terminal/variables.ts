import { CliError } from "./errors.ts";

/**
 * Refuses a MAPAE_ variable with a carriage return, which a file of variables with Windows line ends leaves at the end of each
 * value. No path, URL or number has one, and a password with one is wrong.
 *
 * @throws CliError `CONFIGURATION` naming the variables.
 */
export function expectCleanVariables(env: Readonly<Record<string, string | undefined>>): void {
  const names = Object.keys(env).filter((name) => name.startsWith("MAPAE_") && env[name]?.includes("\r"));
  if (names.length === 0) return;
  throw new CliError(
    "CONFIGURATION",
    `${names.join(", ")}: the value has a carriage return (CR). A file of variables with Windows line ends leaves them: ` +
      "save it with Unix line ends (dos2unix)",
  );
}
