import { after } from "node:test";
import { startStage } from "./helpers/stage.ts";
import { auditTests } from "./tasks/audit/log.ts";
import { auditQuestionTests } from "./tasks/audit/questions.ts";
import { diskTests } from "./tasks/disk.ts";
import { judgeTests, onboardingTests } from "./tasks/judge.ts";
import { keyboardTests } from "./tasks/keyboard.ts";
import { labelTests } from "./tasks/labels.ts";
import { lieTests } from "./tasks/lies.ts";
import { lookTests } from "./tasks/look.ts";
import { newcomerTests } from "./tasks/newcomer.ts";
import { playTests } from "./tasks/play.ts";
import { printTests } from "./tasks/print.ts";
import { readTests } from "./tasks/read.ts";
import { scanTests } from "./tasks/scan.ts";

/** One network and one browser for all of them: each starts in seconds. */
const stage = await startStage({ after });

newcomerTests(stage);
readTests(stage);
judgeTests(stage);
onboardingTests(stage);
auditTests(stage);
auditQuestionTests(stage);
keyboardTests(stage);
diskTests(stage);
labelTests(stage);
lieTests(stage);
lookTests(stage);
printTests(stage);
playTests(stage);
scanTests(stage);
