// What script adds to the pages: buttons that act, files that drop, charts, and news as it happens.
import { ask, say } from "./api.js";
import { watch } from "./live.js";
import { fixes } from "./fix.js";
import { rules } from "./rules.js";
import { charts } from "./charts.js";
import { tables } from "./tables.js";
import { drops } from "./drop.js";

for (const button of document.querySelectorAll("button[data-to]")) {
  button.addEventListener("click", async () => {
    if (button.dataset.sure && !window.confirm(button.dataset.sure)) return;
    button.disabled = true;
    let place = button.parentElement.querySelector(".said");
    if (!place) {
      place = document.createElement("span");
      place.className = "said";
      place.setAttribute("role", "status");
      button.parentElement.append(place);
    }
    try {
      await ask(button.dataset.method, button.dataset.to, button.dataset.body);
      say(place, "Kept; the answers follow.");
      const card = button.closest(".insight");
      if (card && button.dataset.method === "PUT") card.classList.add("said-of");
    } catch (error) {
      say(place, error.message, true);
      button.disabled = false;
    }
  });
}

// one menu at a time, and Escape closes it
const menus = [...document.querySelectorAll("details.menu")];
for (const menu of menus) {
  menu.addEventListener("toggle", () => {
    if (menu.open) for (const other of menus) if (other !== menu) other.open = false;
  });
}
document.addEventListener("keydown", (event) => {
  const open = menus.find((menu) => menu.open);
  if (event.key === "Escape" && open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});

drops();
fixes();
rules();
tables();
charts();
watch();
