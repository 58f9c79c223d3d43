import { ask } from "./api.js";

// News of the service: how far a run is, and that there are new answers.
export function watch() {
  const work = document.getElementById("work");
  const fresh = document.getElementById("fresh");
  const seen = document.querySelector('meta[name="lucid-snapshot"]')?.content ?? "";
  const news = new EventSource("/api/v1/events");
  const isNew = (snapshot) => {
    if (!seen || snapshot === seen || !fresh) return;
    if (document.querySelector("[data-until-idle]")) return;
    fresh.hidden = false;
    document.body.dataset.fresh = snapshot;
  };
  const show = (job) => {
    const ended = job.finished_at !== null;
    const percent = Math.round(job.fraction * 100);
    for (const row of document.querySelectorAll(`[data-run="${CSS.escape(job.job_id)}"]`)) {
      row.querySelector(".status").textContent = job.status;
      const bar = row.querySelector("progress");
      if (bar) bar.value = job.fraction;
      const line = row.querySelector(".line");
      const last = job.line ?? job.lines?.at(-1) ?? "";
      if (line) line.textContent = ended ? job.message : `${percent} % ${job.step ?? ""} ${last}`;
      if (ended) row.querySelector("button")?.remove();
    }
  };
  // What happened before the page listened, or while it had lost the line, nobody tells it again.
  const askAnew = async () => {
    for (const row of document.querySelectorAll("[data-run]:has(button)")) {
      try {
        show(await ask("GET", `/api/v1/runs/${encodeURIComponent(row.dataset.run)}`));
      } catch {
        window.setTimeout(askAnew, 3000);
        return;
      }
    }
  };
  news.addEventListener("hello", (event) => {
    isNew(JSON.parse(event.data).snapshot);
    askAnew();
  });
  news.addEventListener("snapshot", (event) => isNew(JSON.parse(event.data).snapshot));
  news.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    const ended = job.finished_at !== null;
    if (work) {
      const percent = Math.round(job.fraction * 100);
      work.hidden = false;
      work.textContent = ended ? `${job.status}: ${job.message}` : `Working: ${percent} %`;
    }
    show(job);
    const list = document.getElementById("runs");
    if (list && !list.querySelector(`[data-run="${CSS.escape(job.job_id)}"]`)) {
      window.location.reload();
    }
    if (ended && document.querySelector("[data-until-idle]")) window.location.assign("/");
  });
}
