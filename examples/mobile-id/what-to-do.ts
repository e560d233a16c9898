import type { ExampleConfig } from "./shared/config.ts";

/** What a person can do once all parts are up. */
export function whatToDo({ urls, nodes, data }: ExampleConfig, local: string): string {
  return [
    "",
    "Ready. docs/mobile-id.md walks through it; in short:",
    "",
    `  1. The desk, ${urls.desk}: choose a person and a card, and issue it. It shows a QR, a link and a code of six digits.`,
    `  2. The wallet, ${urls.wallet}: open the link there, or scan the QR, and type the code.`,
    `  3. E-approval, ${urls.approval}: log in with the card, on this device or by QR. So do`,
    `     the messenger, ${urls.messenger}, and mail, ${urls.mail}.`,
    `  4. The gate, ${urls.gate}: show the card's QR to its camera.`,
    "",
    `The node answers on ${nodes.join(", ")}. Logs and data of the parts are in ${data}, those of the network in ${local}.`,
    "Ctrl-C stops all that was started here.",
  ].join("\n");
}
