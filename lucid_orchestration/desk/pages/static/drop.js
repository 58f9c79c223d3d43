// Files dropped or chosen: brought at once, each with its first look.
import { ask, say } from "./api.js";

export function drops() {
  for (const form of document.querySelectorAll("form[data-drop]")) {
    const place = form.querySelector(".said");
    const looks = form.querySelector(".looks");
    const input = form.querySelector('input[type="file"]');
    const bring = async (files) => {
      const shop = form.dataset.drop || form.elements.shop?.value.trim();
      if (!shop) {
        say(place, "Say for which shop first.", true);
        form.elements.shop?.focus();
        return;
      }
      if (!files.length) {
        say(place, "Choose a file first.", true);
        return;
      }
      const body = new FormData();
      for (const file of files) body.append("files", file, file.name);
      const replace = form.elements.replace?.checked ? "?replace=true" : "";
      say(place, "Looking at the files…");
      looks.replaceChildren();
      try {
        const answer = await ask("POST", `/api/v1/datasets/${encodeURIComponent(shop)}/files${replace}`, body);
        say(place, "Kept. They are being read; this page tells when the answers are there.");
        form.dataset.job = answer.job.job_id;
        for (const file of answer.files) {
          const item = document.createElement("li");
          const known = file.columns.filter((column) => column.field).length;
          item.textContent =
            file.status === "accepted"
              ? `${file.name}: ${file.kind}, ${known} of ${file.columns.length} columns understood`
              : `${file.name}: ${file.reason}`;
          looks.append(item);
        }
      } catch (error) {
        say(place, error.message, true);
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      bring([...input.files]);
    });
    for (const name of ["dragenter", "dragover"]) {
      form.addEventListener(name, (event) => {
        event.preventDefault();
        form.classList.add("over");
      });
    }
    for (const name of ["dragleave", "drop"]) {
      form.addEventListener(name, (event) => {
        event.preventDefault();
        form.classList.remove("over");
      });
    }
    form.addEventListener("drop", (event) => bring([...event.dataTransfer.files]));
  }
}
