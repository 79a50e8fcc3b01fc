/* Completes what is typed into a field with the names that the database has. Without this script the field is a plain one.
   <input data-complete="entity" data-completions="/api/completions" list="..."> */
"use strict";
(() => {
  const WAIT_MS = 150;
  const MIN_CHARS = 2;

  function lastName(text) {
    const at = text.lastIndexOf(",");
    return { before: text.slice(0, at + 1), name: text.slice(at + 1).trimStart() };
  }

  function written(name) {
    return /[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
  }

  function start(field) {
    const options = document.getElementById(field.getAttribute("list"));
    let timer, asked;

    async function complete() {
      const { before, name } = lastName(field.value);
      if (name.length < MIN_CHARS || name === asked) return;
      asked = name;
      const address = new URL(field.dataset.completions, location.href);
      address.searchParams.set("field", field.dataset.complete);
      address.searchParams.set("q", name);
      const answer = await fetch(address).catch(() => null);
      if (!answer || !answer.ok || name !== asked) return;
      const found = (await answer.json()).items;
      const start = before ? `${before} ` : "";
      options.replaceChildren(
        ...found.map(({ value, label }) => {
          const option = document.createElement("option");
          option.value = start + written(value);
          if (label !== value) option.label = label;
          return option;
        }),
      );
    }

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(complete, WAIT_MS);
    });
  }

  document.querySelectorAll("[data-complete]").forEach(start);
})();
