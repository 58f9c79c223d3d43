// Rules: other limits or a new one, tried against today's data before anything is kept.
import { ask, say } from "./api.js";

function knowledge(form) {
  const place = form.querySelector(".said");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say(place, "Keeping…");
    try {
      await ask("PUT", `/api/v1/datasets/${encodeURIComponent(form.dataset.knowledge)}/knowledge`, { text: form.elements.text.value });
      say(place, "Kept; the answers follow.");
    } catch (error) {
      say(place, error.message, true);
    }
  });
}

export function rules() {
  for (const form of document.querySelectorAll("form[data-knowledge]")) knowledge(form);
  for (const form of document.querySelectorAll("form[data-rule]")) {
    const place = form.querySelector(".said");
    const question = (isUsual = false) => {
      const shop = form.dataset.shop;
      if (!form.dataset.rule) return { shop, text: form.elements.text.value };
      const limits = {};
      if (!isUsual) {
        for (const input of form.querySelectorAll("input[data-usual]")) {
          if (Number(input.value) !== Number(input.dataset.usual)) limits[input.name] = Number(input.value);
        }
      }
      return { shop, rule_id: form.dataset.rule, limits };
    };
    const act = async (method, address, asked) => {
      say(place, "Trying…");
      try {
        const answer = await ask(method, address, asked);
        if (method === "PUT") {
          say(place, "Kept; the answers follow.");
          return;
        }
        const names = answer.found.slice(0, 5).map((one) => one.entity_name);
        say(place, `${answer.sentence}${names.length ? ` ${names.join(", ")}${answer.count > 5 ? ", …" : ""}.` : ""}`);
      } catch (error) {
        say(place, error.message, true);
      }
    };
    form.querySelector("[data-try]").addEventListener("click", () => act("POST", "/api/v1/rules/try", question()));
    form.querySelector("button[data-usual]")?.addEventListener("click", () => act("PUT", "/api/v1/rules", question(true)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      act("PUT", "/api/v1/rules", question());
    });
  }
}
