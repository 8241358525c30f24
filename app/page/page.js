"use strict";
(() => {
  const zh = document.getElementById("lang-zh"), en = document.getElementById("lang-en");
  const lang = () => (en.checked ? "en" : "zh");
  const speak = () => { document.documentElement.lang = lang() === "zh" ? "zh-CN" : "en"; };
  if (/^en\b/i.test(navigator.language || "")) en.checked = true;
  speak();
  for (const one of [zh, en]) one.addEventListener("change", speak);
  const unpack = async id => {
    const bytes = Uint8Array.from(atob(document.getElementById(id).textContent.trim()), one => one.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const charts = [...document.querySelectorAll(".chart")];
  if (!charts.length) return;
  const start = async () => {
    const script = document.createElement("script");
    script.textContent = await unpack("plotly");
    document.head.append(script);
    const figures = JSON.parse(await unpack("figures"));
    const draw = node => {
      const figure = figures[node.dataset.figure][lang()], narrow = node.clientWidth < NARROW;
      const layout = structuredClone(figure.layout), data = structuredClone(figure.data), more = layout.meta && layout.meta.narrow;
      if (narrow && more) {
        for (const [path, value] of Object.entries(more)) {
          const steps = path.split("."), last = steps.pop();
          steps.reduce((part, step) => (part[step] ??= {}), layout)[last] = value;
        }
        layout.annotations = (layout.annotations || []).filter(one => one.name !== "end");
        for (const trace of data) if (trace.meta === "end") trace.showlegend = true;
      }
      node.dataset.drawn = lang() + narrow;
      window.Plotly.react(node, data, layout, { displayModeBar: false, displaylogo: false, responsive: true });
    };
    const visible = new Set();
    const watch = new IntersectionObserver(entries => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) { visible.delete(target); continue; }
        visible.add(target);
        if (target.dataset.drawn !== lang() + (target.clientWidth < NARROW)) draw(target);
      }
    }, { rootMargin: "600px" });
    charts.forEach(node => watch.observe(node));
    for (const one of [zh, en]) one.addEventListener("change", () => visible.forEach(draw));
    window.addEventListener("beforeprint", () => charts.forEach(node => node.dataset.drawn || draw(node)));
    window.addEventListener("resize", () => visible.forEach(node => {
      if (node.dataset.drawn !== lang() + (node.clientWidth < NARROW)) draw(node);
    }));
  };
  start().catch(() => document.documentElement.classList.add("undrawn"));
})();
