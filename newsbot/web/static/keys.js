/* Keys for lists: j and k move, o opens, / searches, ? shows the keys. They can be turned off, as WCAG 2.1.4 asks.
   Without this script, the pages lose nothing else. */
"use strict";
(() => {
  const ITEMS = ".story h2 a, .hit h2 a, .headlines h3 a, .line h3 a, .edit h2 a, .edit h3 a, .cards tbody th a, .columns .counted a";
  const CONTAINERS = ".story, .hit, .headlines li, .line > li, .edit, .cards tbody tr, .counted li";
  const KEYS = [["j", "Next in the list"], ["k", "The one before"], ["o", "Open it"], ["/", "Search"], ["?", "Show these keys"]];
  const OFF = "newsbot-keys-off";
  let shown = null;

  function isOff() {
    try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
  }
  function turn(off) {
    try { off ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF); } catch { /* storage is blocked */ }
  }
  function element(tag, text) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function isTyping(target) {
    return target.closest?.("input, textarea, select, [contenteditable]") && !target.matches("[type=checkbox], [type=radio], [type=button], [type=submit]");
  }

  function move(step) {
    const items = [...document.querySelectorAll(`main :is(${ITEMS})`)].filter((item) => item.checkVisibility());
    if (!items.length) return;
    const at = items.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? nearest(items) : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + step));
    document.querySelectorAll(".is-chosen").forEach((chosen) => chosen.classList.remove("is-chosen"));
    const container = items[next].closest(CONTAINERS);
    container?.classList.add("is-chosen");
    items[next].focus({ preventScroll: true });
    (container ?? items[next]).scrollIntoView({ block: "nearest" });
  }
  /* The first item that is not above the window. */
  function nearest(items) {
    return Math.max(0, items.findIndex((item) => item.getBoundingClientRect().top >= 0));
  }

  function help() {
    if (!shown) {
      shown = element("dialog");
      shown.className = "keys-help";
      shown.setAttribute("aria-labelledby", "keys-heading");
      const heading = element("h2", "Keys");
      heading.id = "keys-heading";
      const list = element("dl");
      for (const [key, what] of KEYS) {
        const name = element("dt");
        name.append(element("kbd", key));
        list.append(name, element("dd", what));
      }
      const label = element("label");
      const box = element("input");
      box.type = "checkbox";
      box.checked = !isOff();
      box.addEventListener("change", () => turn(!box.checked));
      label.append(box, " Use these keys");
      const form = element("form");
      form.method = "dialog";
      form.append(element("button", "Close"));
      shown.append(heading, list, label, form);
      document.body.append(shown);
    }
    if (!shown.open) shown.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target) || isOff()) return;
    if (shown?.open) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "o" && document.activeElement?.matches("main a")) document.activeElement.click();
    else if (event.key === "?") help();
    else if (event.key === "/") {
      const field = [...document.querySelectorAll("input[type=search]")].find((one) => one.checkVisibility());
      if (!field) return;
      field.focus();
      field.select();
    } else return;
    event.preventDefault();
  });

  const footer = document.querySelector(".bottom");
  if (footer) {
    const button = element("button", "Keys");
    button.type = "button";
    button.className = "quiet-button";
    button.addEventListener("click", help);
    footer.append(button);
  }
})();
