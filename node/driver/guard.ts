import type { Logger } from "pino";
import { MapaeError, ResolutionError, UnavailableError } from "../../resolver/errors.ts";

/** Most questions that a driver asks at once of what it reads from: each costs a few requests there. */
export const MAX_UNDER_WAY = 64;

export interface GuardOptions {
  readonly logger: Logger;
  /** What is asked, for the log. */
  readonly of: string;
}

/**
 * Asks on behalf of strangers: not more than so much at once, and who asks hears nothing of servers behind a driver or of
 * what is wrong with them. The log has that, once when it begins and once when it is over, and never what was asked.
 *
 * @param isNewest whether it is about the newest version: one that is yet to come says nothing about the servers.
 * @throws ResolutionError of the question; UnavailableError for all else that has a name.
 */
export type Guard = <T>(question: () => Promise<T>, isNewest: boolean) => Promise<T>;

export function guard({ logger, of }: GuardOptions): Guard {
  let underWay = 0;
  let isDown = false;

  const hear = (error: MapaeError | undefined) => {
    if (isDown === (error !== undefined)) return;
    isDown = error !== undefined;
    if (error !== undefined) logger.warn({ of, code: error.code }, "can't ask");
    else logger.info({ of }, "can ask again");
  };

  return async (question, isNewest) => {
    if (underWay >= MAX_UNDER_WAY) {
      throw new UnavailableError(`${MAX_UNDER_WAY} questions are being asked already, at most so many are: ask again`);
    }
    underWay += 1;
    try {
      const answer = await question();
      hear(undefined);
      return answer;
    } catch (error) {
      if (!(error instanceof MapaeError)) throw error;
      if (error instanceof ResolutionError) {
        hear(undefined);
        throw error;
      }
      if (isNewest) hear(error);
      const detail = isNewest ? "" : ", or that version is not known yet";
      throw new UnavailableError(`What this driver reads from can't be asked or believed now${detail}`, {
        cause: error,
      });
    } finally {
      underWay -= 1;
    }
  };
}
