// Tables: columns chosen by a click, and any month as a period.
export function tables() {
  for (const form of document.querySelectorAll("form.ask")) {
    const chosen = form.elements.columns;
    form.addEventListener("change", (event) => {
      const one = event.target;
      if (one.dataset.column !== undefined && chosen) {
        const boxes = [...form.querySelectorAll("input[data-column]")].filter((box) => box.checked);
        const kept = chosen.value.split(",").filter((name) => boxes.some((box) => box.dataset.column === name));
        for (const box of boxes) if (!kept.includes(box.dataset.column)) kept.push(box.dataset.column);
        chosen.value = kept.join(",");
      }
      if (one.dataset.month !== undefined && one.value) {
        const option = document.createElement("option");
        option.value = option.textContent = one.value;
        form.elements.period.append(option);
        form.elements.period.value = one.value;
      }
      if (one.tagName === "SELECT" || one.dataset.month !== undefined || one.dataset.column !== undefined) form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      // an address says only what was asked
      for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    });
  }
}
