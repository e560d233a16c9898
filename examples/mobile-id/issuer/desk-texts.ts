import type { Language } from "../shared/page.ts";
import type { Configuration, Person } from "./roll.ts";

export interface DeskTexts {
  readonly title: string;
  readonly roll: string;
  readonly columns: readonly [person: string, state: string, live: string, issue: string, change: string];
  readonly cards: Readonly<Record<Configuration, string>>;
  readonly states: Readonly<Record<Person["state"], string>>;
  readonly issue: string;
  readonly lost: string;
  readonly suspend: string;
  readonly reinstate: string;
  readonly resign: string;
  readonly waiting: (count: number) => string;
  readonly send: string;
  readonly keys: string;
  readonly rotate: string;
  readonly offerFor: (name: string, card: string) => string;
  readonly scan: string;
  readonly open: string;
  readonly code: string;
  readonly codeHelp: string;
  readonly back: string;
  readonly qr: string;
  readonly done: Readonly<Record<"lost" | "suspend" | "reinstate" | "resign" | "send" | "rotate", string>>;
  readonly failed: string;
}

export const DESK_TEXTS: Readonly<Record<Language, DeskTexts>> = {
  ko: {
    title: "신분증 발급 창구",
    roll: "명부",
    columns: ["이름", "상태", "유효한 카드", "발급", "변경"],
    cards: { "official-id": "모바일 공무원증", "welfare-card": "복지카드", "drivers-licence": "운전면허증" },
    states: { active: "재직·유효", suspended: "정지", left: "퇴직" },
    issue: "발급",
    lost: "휴대전화 분실",
    suspend: "정지",
    reinstate: "정지 해제",
    resign: "퇴직",
    waiting: (count) => `하루가 끝날 때 함께 폐기할 카드: ${count}장`,
    send: "지금 보내기",
    keys: "서명 키",
    rotate: "키 교체",
    offerFor: (name, card) => `${name}님의 ${card}`,
    scan: "휴대전화 지갑으로 QR 코드를 찍거나 아래 링크를 여십시오.",
    open: "이 기기의 지갑에서 열기",
    code: "확인 번호",
    codeHelp: "QR 코드와 별도로 본인에게 알려 주십시오. 10분 동안 유효하며 번호를 다섯 번 틀리면 무효가 됩니다.",
    back: "명부로",
    qr: "발급 QR 코드",
    done: {
      lost: "이 사람의 카드를 모두 폐기했습니다. 새 휴대전화에 다시 발급하십시오.",
      suspend: "카드를 모두 정지했습니다.",
      reinstate: "정지를 해제했습니다.",
      resign: "카드를 더 발급하지 않으며, 이미 발급된 카드는 오늘 폐기할 다른 카드와 함께 폐기됩니다.",
      send: "폐기를 체인에 기록했습니다.",
      rotate: "새 키를 DID 문서에 등록했으며, 이제부터 새 키로 서명합니다.",
    },
    failed: "처리하지 못했습니다. 다시 시도하십시오.",
  },
  en: {
    title: "Issuing desk",
    roll: "Roll",
    columns: ["Name", "State", "Live cards", "Issue", "Change"],
    cards: { "official-id": "Official ID", "welfare-card": "Welfare card", "drivers-licence": "Driver's licence" },
    states: { active: "Active", suspended: "Suspended", left: "Left" },
    issue: "Issue",
    lost: "Phone lost",
    suspend: "Suspend",
    reinstate: "Reinstate",
    resign: "Resign",
    waiting: (count) => `Cards to be revoked together at the end of the day: ${count}`,
    send: "Send now",
    keys: "Signing keys",
    rotate: "Rotate key",
    offerFor: (name, card) => `${card} for ${name}`,
    scan: "Scan the QR code with the wallet on the phone, or open the link.",
    open: "Open in the wallet on this device",
    code: "Code",
    codeHelp: "Give it to the person apart from the QR code. It holds for 10 minutes; five wrong codes end it.",
    back: "Back to the roll",
    qr: "QR code of the offer",
    done: {
      lost: "All cards of this person are revoked. Issue to the new phone.",
      suspend: "All cards are suspended.",
      reinstate: "The suspension is lifted.",
      resign: "No more cards are issued; those that are out are revoked with today's others.",
      send: "The revocations are on the chain.",
      rotate: "The new key is in the document, and signs from now on.",
    },
    failed: "This could not be done. Try again.",
  },
};
