// Light or dark: as the system has it until the button is pressed. Runs before the page is
// drawn, so that it never flashes in the other colours.
"use strict";
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const KEY = "decisions-report-theme";

  // A browser may refuse storage to pages from disk; the choice then lasts for the page.
  const stored = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const store = (theme) => {
    try { localStorage.setItem(KEY, theme); } catch { /* see above */ }
  };
  const dark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";

  if (["light", "dark"].includes(stored())) root.dataset.theme = stored();

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const label = () => { button.textContent = dark() ? "Light colours" : "Dark colours"; };
    button.hidden = false;
    label();
    system.addEventListener("change", label);
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      store(root.dataset.theme);
      label();
    });
  });
})();
