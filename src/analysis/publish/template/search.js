(() => {
  const box = document.getElementById("filters");
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const selects = [...box.querySelectorAll("select[data-key]")];
  const items = [...document.querySelectorAll("[data-item]")];
  const fold = text => text.normalize("NFKC").toLowerCase();
  const texts = items.map(item => fold(item.textContent));
  const groups = [...document.querySelectorAll("[data-group]")];
  const language = document.getElementById("language");
  const lead = language => items.forEach(item => {
    const link = item.querySelector(`.languages a[hreflang="${language}"]`);
    if (link) item.querySelector("h3 a").setAttribute("href", link.getAttribute("href"));
  });
  const show = () => {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    const wanted = selects.filter(select => select.value);
    let count = 0;
    items.forEach((item, place) => {
      const fits = words.every(word => texts[place].includes(word))
        && wanted.every(select => item.dataset[select.dataset.key] === select.value);
      item.hidden = !fits;
      count += fits;
    });
    const counts = {"#n": count, "#all": items.length};
    found.textContent = found.dataset.words.replace(/#all|#n/g, name => counts[name]);
    groups.forEach(group => { group.hidden = !group.querySelector("[data-item]:not([hidden])"); });
    if (language) lead(language.value);
  };
  box.hidden = false;
  box.addEventListener("input", show);
  show();
})();
