import type { ExampleConfig } from "./shared/config.ts";

/** What a person can do when all parts are running. */
export function whatToDo({ urls, nodes, data }: ExampleConfig, local: string): string {
  return [
    "",
    "Ready. docs/mobile-id.md walks through it; in short:",
    "",
    `  1. The wallet, ${urls.wallet}: lock it with a passkey or a PIN.`,
    `  2. The desk, ${urls.desk}: press a card of 홍길동 (Hong Gildong). It shows a QR code, a button and a code of six digits:`,
    "     press the button in the wallet's browser, or scan the QR code with the wallet, and type the digits.",
    `  3. E-approval, ${urls.approval}: log in with the card, on this device or by QR. So do`,
    `     the messenger, ${urls.messenger}, and mail, ${urls.mail}.`,
    `  4. The gate, ${urls.gate}: scan its code with the wallet and show the answer to its camera; without cameras, by copy and paste.`,
    "",
    `The node answers on ${nodes.join(", ")}. Logs and data of the parts are in ${data}, those of the network in ${local}.`,
    "Ctrl-C stops all that was started here.",
  ].join("\n");
}
