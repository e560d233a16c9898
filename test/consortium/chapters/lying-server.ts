import { until } from "../../../scripts/rehearsal/until.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** First of the indexes of the list that are revoked one after the other, until the server has lied about one. */
const FROM = 1_000;

/** One server among honest ones omits logs. */
export function lyingServer(story: Story): void {
  story.tell(
    "a server that omits logs deceives nobody: its node adds the missing ones and serves the same answers as the others",
    async () => {
      const { server } = story.member("interior");
      const own = story.node("interior");
      server.lying = true;
      let index = FROM;
      await until("the server lied", async () => {
        await story.change("revoke", String(++index), "safety");
        await expectSameAnswers(story);
        return (server.shown.lies ?? 0) > 0;
      });
      await story.untilRevoked([own], index);
      server.lying = false;
    },
  );
}
