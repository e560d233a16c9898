// Waits until the phone has answered; then this browser ends the login, with a session that nobody has seen.
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
    // The site did not answer: it is asked again.
  }
}, 1000);
