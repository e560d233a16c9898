import { until } from "../../../scripts/rehearsal/until.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** Indexes of the list that are revoked one after the other, until the server has lied about one. */
const FROM = 1_000;

/** A server that lies, among honest ones. */
export function lyingServer(story: Story): void {
  story.tell(
    "a server that leaves out logs deceives nobody: the node that asks it mends what is missing, and serves what the others do",
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
