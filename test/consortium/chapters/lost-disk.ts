import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { untilState } from "../../../scripts/rehearsal/ministry-node.ts";
import { answerOf } from "../../cli/harness.ts";
import { expectSameAnswers } from "../helpers/same-answers.ts";
import type { Story } from "../helpers/story.ts";

/** A node loses its disk. */
export function lostDisk(story: Story): void {
  story.tell(
    "a node is killed and loses its disk: it is restored from another ministry's backup, continues from there, and serves the same bytes",
    async () => {
      const [one, three] = [story.node("interior"), story.node("tax")];
      const backup = story.file("index.backup");
      const saved = await answerOf<{ block: object; events: number }>(["backup", backup], one.env);
      await three.kill();
      await rm(three.env.MAPAE_DATA_DIR ?? assert.fail(), { recursive: true });
      const restored = await answerOf<{ block: object; events: number; compared: boolean }>(
        ["restore", backup],
        three.env,
      );
      assert.deepEqual([restored.block, restored.events, restored.compared], [saved.block, saved.events, true]);
      await three.start();
      await untilState(three, "following");
      await story.change("revoke", "17");
      await expectSameAnswers(story);
    },
  );
}
