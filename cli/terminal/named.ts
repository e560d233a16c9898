import { MapaeError } from "../../resolver/errors.ts";
import { CliError, type CliErrorCode } from "./errors.ts";

/**
 * Reads the value of an option, and names the option in an error: `--every: A duration is …; got "foo"`. Every value that a
 * command takes is read so, before the chain or a node is asked.
 * @throws CliError with the code of the reader's error.
 */
export function named<T>(option: string, read: () => T): T {
  const name = (error: unknown): never => {
    if (!(error instanceof MapaeError)) throw error;
    throw new CliError(error.code as CliErrorCode, `${option}: ${error.message}`, { cause: error });
  };
  try {
    const value = read();
    return value instanceof Promise ? (value.catch(name) as T) : value;
  } catch (error) {
    return name(error);
  }
}

/** {@link named} for an option that may be left out. */
export function namedIfGiven<T, R>(option: string, value: T | undefined, read: (value: T) => R): R | undefined {
  return value === undefined ? undefined : named(option, () => read(value));
}
