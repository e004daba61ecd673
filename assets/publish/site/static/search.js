// Search over titles, columns, codes and keywords, in the reader's browser. Without it the start page lists every dataset all the same.
"use strict";
(() => {
  const form = document.querySelector("form.search");
  const input = form.querySelector("input");
  const told = form.querySelector(".found");
  const list = form.querySelector(".results");
  let index;
  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const load = () => (index ??= fetch(form.dataset.index).then((answer) => answer.json()));

  const search = async () => {
    const asked = plain(input.value).split(/\s+/).filter(Boolean);
    const entries = asked.length ? await load() : [];
    const whole = (entry) => new Set(plain(entry.words).split(/[^\p{L}\p{N}]+/u));
    const rank = (entry) => asked.filter((word) => plain(entry.title).includes(word)).length * 2 + asked.filter((word) => whole(entry).has(word)).length;
    const found = entries
      .filter((entry) => asked.every((word) => plain(entry.words).includes(word)))
      .sort((a, b) => rank(b) - rank(a) || a.title.localeCompare(b.title));
    list.replaceChildren(
      ...found.slice(0, 30).map((entry) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = entry.page;
        link.textContent = entry.title;
        item.append(link);
        return item;
      }),
    );
    told.textContent = !asked.length ? "" : found.length ? form.dataset.found.replace("{n}", found.length) : form.dataset.none;
  };

  form.hidden = false;
  input.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    input.value = asked;
    search();
  }
})();
