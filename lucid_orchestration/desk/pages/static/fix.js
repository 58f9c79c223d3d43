// A file that is read wrongly: columns chosen with a click, tried at once, kept when right.
import { ask, say } from "./api.js";

const PAUSE = 350;

export function fixes() {
  for (const form of document.querySelectorAll("form[data-fix]")) {
    const said = JSON.parse(form.dataset.said);
    const fields = JSON.parse(form.querySelector("#fields").textContent);
    const top = JSON.parse(form.querySelector("#top").textContent);
    const place = form.querySelector(".said");
    const preview = form.querySelector(".preview");
    const changed = new Set();
    let timer = 0;
    let turn = 0;
    const wanted = () => {
      const columns = { ...said.columns };
      for (const choice of form.querySelectorAll("select[data-heading]")) {
        if (!changed.has(choice.dataset.heading)) continue;
        if (choice.value) columns[choice.dataset.heading] = choice.value;
        else delete columns[choice.dataset.heading];
      }
      const mapping = { ...said, columns };
      if (changed.has("kind")) mapping.kind = form.elements.kind.value;
      if (changed.has("date_order")) mapping.date_order = form.elements.date_order.value || null;
      if (changed.has("header_row")) mapping.header_row = Number(form.elements.header_row.value) || null;
      return Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== null));
    };
    const attempt = async () => {
      const mine = ++turn;
      say(place, "Trying…");
      try {
        const look = await ask("POST", `${form.dataset.fix}/try`, wanted());
        if (mine !== turn) return;
        say(place, look.status === "accepted" ? `It would be read as ${look.kind}.` : look.reason, look.status !== "accepted");
        show(preview, look);
      } catch (error) {
        if (mine === turn) say(place, error.message, true);
      }
    };
    form.addEventListener("change", (event) => {
      const one = event.target;
      changed.add(one.dataset.heading ?? one.name);
      if (one.name === "header_row") rebuild(form, top, fields[form.elements.kind.value]);
      if (one.name === "kind") {
        for (const choice of form.querySelectorAll("select[data-heading]")) refill(choice, fields[one.value]);
      }
      window.clearTimeout(timer);
      timer = window.setTimeout(attempt, PAUSE);
    });
    form.querySelector("[data-try]").addEventListener("click", attempt);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await ask("PUT", `${form.dataset.fix}/mapping`, wanted());
        say(place, "Kept. The file is being read again.");
        form.dataset.kept = "yes";
      } catch (error) {
        say(place, error.message, true);
      }
    });
  }
}

// another row of headings: its cells are the columns now
function rebuild(form, top, names) {
  const row = top.find((one) => one.number === Number(form.elements.header_row.value));
  if (!row) return;
  const body = form.querySelector(".columns-read tbody");
  body.replaceChildren();
  for (const heading of new Set(row.cells.filter(Boolean))) {
    const line = body.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = heading;
    const choice = document.createElement("select");
    choice.name = "column";
    choice.dataset.heading = heading;
    choice.setAttribute("aria-label", `${heading} is taken for`);
    line.append(head);
    line.insertCell().append(choice);
    refill(choice, names);
  }
}

function refill(choice, names) {
  const value = choice.value;
  choice.replaceChildren();
  for (const [name, text] of [["", "as found"], ...names.map((n) => [n, n.replaceAll("_", " ")]), ["ignore", "nothing: leave it out"]]) {
    const option = document.createElement("option");
    option.value = name;
    option.textContent = text;
    choice.append(option);
  }
  choice.value = names.includes(value) || value === "ignore" ? value : "";
}

const HIDDEN = new Set(["dataset_id", "source_file_id", "sheet", "profile", "date_order", "decimal_mark", "timezone"]);

function show(place, look) {
  place.replaceChildren();
  for (const [kind, rows] of Object.entries(look.rows)) {
    const names = Object.keys(rows[0]).filter((name) => !HIDDEN.has(name) && rows.some((row) => row[name] !== null));
    const table = document.createElement("table");
    const caption = table.createCaption();
    caption.textContent = `What would be read (${kind})`;
    const head = table.createTHead().insertRow();
    for (const name of names) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name.replaceAll("_", " ");
      head.append(cell);
    }
    const body = table.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      for (const name of names) line.insertCell().textContent = row[name] ?? "";
    }
    const scroll = document.createElement("div");
    scroll.className = "scroll";
    scroll.tabIndex = 0;
    scroll.append(table);
    place.append(scroll);
  }
}
