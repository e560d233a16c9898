// Waits until the phone has answered. Then this browser completes the login, with a session that nobody else has seen.
const form = document.querySelector("#finish");
const ended = document.querySelector("#ended");
const timer = setInterval(async () => {
  try {
    const { state } = await (await fetch("/login/state")).json();
    if (state === "waiting") return;
    clearInterval(timer);
    if (state === "done") form.submit();
    else {
      document.querySelector("#waiting").hidden = true;
      ended.hidden = false;
    }
  } catch {
    // The site did not answer; the next poll asks again.
  }
}, 1000);
