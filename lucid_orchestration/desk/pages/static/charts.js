// Charts: drawn by Vega from a specification, by its interpreter: no code is made of text.
export async function charts() {
  const places = [...document.querySelectorAll("[data-chart]")];
  if (!places.length) return;
  await new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = "/static/vega.js";
    script.type = "module";
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  }).catch(() => null);
  if (!window.vegaEmbed) return;
  const ink = getComputedStyle(document.documentElement).getPropertyValue("--muted").trim();
  for (const place of places) {
    const answer = await fetch(place.dataset.chart, { credentials: "same-origin" });
    const text = answer.ok ? await answer.text() : "null";
    // the report's grey is the page's own colour for labels here
    const specification = JSON.parse(text.replaceAll("#7c828b", ink));
    if (!specification) {
      place.hidden = true;
      continue;
    }
    // its figures, for those who do not see it
    if (specification.description) place.setAttribute("aria-label", `${place.getAttribute("aria-label")}. ${specification.description}`);
    const drawn = document.createElement("div");
    drawn.className = "drawn";
    // the figure has the chart's name; its marks would only be read out one by one
    drawn.setAttribute("aria-hidden", "true");
    place.prepend(drawn);
    await window.vegaEmbed(drawn, specification, { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: false });
    place.dataset.drawn = "yes";
  }
}
