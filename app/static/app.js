// Only comforts: every page works without this file.
import { createAll, CharacterCount, ErrorSummary } from "./vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(CharacterCount);
createAll(ErrorSummary);

const exit = document.querySelector("[data-exit]");
if (exit) {
  const leave = () => {
    document.title = "Weather";
    document.body.classList.add("ct-leaving");
    location.replace(exit.href); // the page just read does not stay behind the back button
  };
  exit.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      presses = [];
      return;
    }
    presses = [...presses.filter((moment) => event.timeStamp - moment < 3000), event.timeStamp];
    if (presses.length === 3) leave();
  });
  exit.querySelector("[data-exit-hint]").hidden = false;
}

// A second press on a button while the first is on its way sends nothing; what only saves a file may be pressed again.
for (const form of document.querySelectorAll('form[method="post"]:not([data-again])')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
