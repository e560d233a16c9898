import type { Language } from "../shared/page.ts";

/** The type of card that all three sites accept. */
export const OFFICIAL_ID = "https://types.mapae.example/official-id/v1";

export interface SiteTexts {
  readonly title: string;
  readonly intro: string;
  /** The welcome text, from the disclosed claims. */
  readonly welcome: (claims: Readonly<Record<string, unknown>>) => string;
}

/** A site that accepts a card in place of a password. */
export interface Site {
  /** Its address in the configuration, and its name among the verifiers. */
  readonly part: "approval" | "messenger" | "mail";
  readonly verifier: "e-approval" | "messenger" | "mail";
  /** The claims that it requests, which its purpose allows; each site gets different ones. */
  readonly claims: readonly string[];
  readonly texts: Readonly<Record<Language, SiteTexts>>;
}

export const SITES: readonly Site[] = [
  {
    part: "approval",
    verifier: "e-approval",
    claims: ["staff_number", "name", "department"],
    texts: {
      ko: {
        title: "전자결재",
        intro: "비밀번호나 인증서 파일 대신 모바일 공무원증으로 로그인합니다.",
        welcome: ({ name, department, staff_number: number }) =>
          `${department} ${name} (${number}) 님, 결재할 문서가 없습니다.`,
      },
      en: {
        title: "E-approval",
        intro: "Log in with the mobile official ID in place of a password or a certificate file.",
        welcome: ({ name, department, staff_number: number }) =>
          `${name}, ${department} (${number}): no documents wait for you.`,
      },
    },
  },
  {
    part: "messenger",
    verifier: "messenger",
    claims: ["name", "department"],
    texts: {
      ko: {
        title: "업무 메신저",
        intro: "공무원증의 이름과 부서만 확인합니다.",
        welcome: ({ name, department }) => `${department} ${name} 님, 새 대화가 없습니다.`,
      },
      en: {
        title: "Messenger",
        intro: "Only name and department of the official ID are asked for.",
        welcome: ({ name, department }) => `${name}, ${department}: no new messages.`,
      },
    },
  },
  {
    part: "mail",
    verifier: "mail",
    claims: ["staff_number"],
    texts: {
      ko: {
        title: "업무 메일",
        intro: "공무원 번호만 확인합니다.",
        welcome: ({ staff_number: number }) => `${number}@mail.example, 새 메일이 없습니다.`,
      },
      en: {
        title: "Mail",
        intro: "Only the staff number is asked for.",
        welcome: ({ staff_number: number }) => `${number}@mail.example: no new mail.`,
      },
    },
  },
];

export interface LoginTexts {
  readonly here: string;
  readonly hereHelp: string;
  readonly qr: string;
  readonly qrHelp: string;
  readonly scan: string;
  readonly code: string;
  readonly codeHelp: string;
  readonly ended: string;
  readonly again: string;
  readonly confirm: string;
  readonly confirmHelp: string;
  readonly confirmButton: string;
  readonly wrongDigits: string;
  readonly confirmed: string;
  readonly otherSession: string;
  readonly unknownCode: string;
  readonly logout: string;
}

export const LOGIN_TEXTS: Readonly<Record<Language, LoginTexts>> = {
  ko: {
    here: "이 기기의 지갑으로 로그인",
    hereHelp: "지갑이 이 브라우저에 있을 때 씁니다.",
    qr: "휴대전화로 QR 코드 찍기",
    qrHelp: "PC에서 로그인할 때 씁니다.",
    scan: "휴대전화 지갑으로 2분 안에 찍으십시오.",
    code: "휴대전화에 입력할 두 자리 숫자",
    codeHelp: "이 화면을 직접 보고 있을 때만 입력하십시오. 누가 보내 준 QR 코드와 숫자라면 그만두십시오.",
    ended: "시간이 지났습니다.",
    again: "다시 시작",
    confirm: "PC 화면의 숫자 확인",
    confirmHelp: "로그인하려는 PC 화면에 보이는 두 자리 숫자를 입력하십시오. 남이 불러 준 숫자는 입력하지 마십시오.",
    confirmButton: "확인",
    wrongDigits: "숫자가 다릅니다. PC에서 처음부터 다시 시작하십시오.",
    confirmed: "PC에서 로그인했습니다. 이 창을 닫아도 됩니다.",
    otherSession: "이 로그인은 다른 브라우저에서 시작되어 여기에서는 끝낼 수 없습니다.",
    unknownCode: "이미 사용했거나 시간이 지난 응답입니다.",
    logout: "로그아웃",
  },
  en: {
    here: "Log in with the wallet on this device",
    hereHelp: "When the wallet is in this browser.",
    qr: "Scan a QR code with the phone",
    qrHelp: "To log in on a PC.",
    scan: "Scan it with the wallet on the phone within two minutes.",
    code: "Two digits to type on the phone",
    codeHelp: "Type them only when you see this screen yourself. If somebody sent you a QR code and digits, stop.",
    ended: "The time is over.",
    again: "Start again",
    confirm: "Digits on the PC's screen",
    confirmHelp:
      "Type the two digits that the screen of the PC shows on which you want to log in, none that somebody tells you.",
    confirmButton: "Confirm",
    wrongDigits: "These are other digits. Start again on the PC.",
    confirmed: "The PC is logged in. You can close this page.",
    otherSession: "This login was begun in another browser and can't be ended here.",
    unknownCode: "This answer was used already, or its time is over.",
    logout: "Log out",
  },
};
