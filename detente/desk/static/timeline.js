// Draws the timeline of a pair over the still figure of the page. What it shows comes from the page's own
// JSON and goes in as text only; what it changes (the days chosen, the act opened) goes into the address.

const page = document.documentElement;
const data = JSON.parse(document.getElementById("timeline-data").textContent);
const host = document.getElementById("timeline");
const still = host.innerHTML;
const DAY = 86400000;
const WEEK = 7 * DAY;
const stamp = (iso) => Date.parse(iso + "T00:00:00Z");
const iso = (time) => new Date(time).toISOString().slice(0, 10);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const words = (time) => {
  const d = new Date(time);
  return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
};
let chart = null;
let applied = null;

function colours() {
  const style = getComputedStyle(page);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"), soft: of("soft"), rule: of("rule"), paper: of("paper"), sheet: of("sheet"), faint: of("faint"),
    up: of("up"), upPale: of("up-pale"), upWash: of("up-wash"),
    down: of("down"), downPale: of("down-pale"), downWash: of("down-wash"),
  };
}

function node(tag, text, name) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
}

function tip(params) {
  const made = node("div", "", "tip");
  if (params.seriesId === "blocks") {
    const [, , , when, kind, sides, said, , reports] = data.blocks[params.dataIndex];
    made.append(node("b", `${kind}, ${sides}`), node("span", reports > 1 ? `${when} · ${reports} reports` : when), node("em", said));
  } else if (params.seriesId === "bars") {
    const [week, hostile, cooperative, plans] = data.weeks[params.dataIndex];
    made.append(node("b", `Week of ${words(stamp(week))}`), node("span", `▲ ${cooperative} cooperative${plans ? `, ${plans} announced` : ""}`), node("span", `▼ ${hostile} hostile`));
  } else {
    return null;
  }
  return made;
}

function rectangle(api, params, x, from, to, style) {
  const left = api.coord([x, from]);
  const right = api.coord([x + WEEK, to]);
  const gap = Math.min(1.5, (right[0] - left[0]) * 0.12);
  const shape = window.echarts.graphic.clipRectByRect(
    { x: left[0] + gap / 2, y: Math.min(left[1], right[1]) + 0.5, width: Math.max(1, right[0] - left[0] - gap), height: Math.max(1, Math.abs(right[1] - left[1]) - 1) },
    params.coordSys,
  );
  return shape && { type: "rect", shape, style, emphasis: { style: { stroke: style.over, lineWidth: 2 } } };
}

function options(c, narrow) {
  const low = data.levels.map((r) => [stamp(r[0]), r]);
  const band = (id, base, height, colour) => [
    { id: `${id}-base`, type: "line", data: low.map(([t, r]) => [t, base(r)]), stack: id, symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } },
    { id: `${id}-band`, type: "line", data: low.map(([t, r]) => [t, height(r)]), stack: id, symbol: "none", lineStyle: { opacity: 0 }, areaStyle: { color: colour, opacity: 0.32 }, silent: true, tooltip: { show: false } },
  ];
  const line = (id, value) => ({ id, type: "line", data: low.map(([t, r]) => [t, value(r)]), symbol: "none", lineStyle: { color: c.ink, width: 1.8 }, z: 6, silent: true, tooltip: { show: false } });
  const most = data.weeks.reduce((m, w) => [Math.max(m[0], w[1]), Math.max(m[1], w[2] + w[3])], [2, 2]);
  const levels = data.levels.reduce((m, r) => [Math.max(m[0], r[3]), Math.max(m[1], r[6])], [0, 0]);
  const few = data.blocks.length > 0;
  const drawn = few
    ? {
        id: "blocks", type: "custom", z: 3, cursor: "pointer",
        data: data.blocks.map((b) => [stamp(b[0]), b[1], b[7]]),
        dimensions: ["week", "at", "kind"], encode: { x: 0, y: 1 },
        renderItem(params, api) {
          const at = api.value(1), kind = api.value(2), up = at > 0;
          const picked = data.act && data.blocks[params.dataIndex][2] === data.act;
          const main = up ? c.up : c.down;
          const style = { fill: kind === 0 ? c.paper : kind === 1 ? (up ? c.upPale : c.downPale) : main, stroke: picked ? c.ink : kind === 0 ? main : "none", lineWidth: picked ? 2.5 : 1, over: c.ink };
          return rectangle(api, params, api.value(0), up ? at - 1 : at + 1, at, style);
        },
      }
    : {
        id: "bars", type: "custom", z: 3, cursor: "pointer",
        data: data.weeks.map((w) => [stamp(w[0]), w[2] + w[3], -w[1], w[2]]),
        dimensions: ["week", "up", "down", "done"], encode: { x: 0, y: [1, 2] },
        renderItem(params, api) {
          const x = api.value(0);
          const parts = [];
          if (api.value(3)) parts.push(rectangle(api, params, x, 0, api.value(3), { fill: c.up, over: c.ink }));
          if (api.value(1) > api.value(3)) parts.push(rectangle(api, params, x, api.value(3), api.value(1), { fill: c.paper, stroke: c.up, over: c.ink }));
          if (api.value(2)) parts.push(rectangle(api, params, x, 0, api.value(2), { fill: c.down, over: c.ink }));
          return { type: "group", children: parts.filter(Boolean) };
        },
      };
  const wash = { hostile: c.downWash, "more hostile": c.downWash, cooperative: c.upWash, "more cooperative": c.upWash };
  const areas = data.phases.filter((p) => wash[p[2]]).map((p) => [
    { xAxis: stamp(p[0]), itemStyle: { color: wash[p[2]], opacity: 0.55 } }, { xAxis: stamp(p[1]) + DAY },
  ]);
  const middle = (stamp(data.from) + stamp(data.to)) / 2;
  const turns = data.turns.map(([day, direction, said], n) => ({
    xAxis: stamp(day),
    lineStyle: { color: direction === "thaw" ? c.up : c.down, type: [3, 2], width: 1.5 },
    label: {
      formatter: `${direction === "thaw" ? "▲" : "▼"} ${direction}${narrow ? "" : `, ${said}`}`,
      color: direction === "thaw" ? c.up : c.down, fontWeight: 600, fontSize: 12, position: "end",
      align: stamp(day) > middle ? "right" : "left", distance: [0, 4 + (n % 2) * 15],
    },
  }));
  const axisLabel = { color: c.soft, fontSize: 11, hideOverlap: true };
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: narrow ? 26 : 34, right: 10, top: 44, bottom: 78 },
    tooltip: { trigger: "item", confine: true, backgroundColor: c.sheet, borderColor: c.rule, textStyle: { color: c.ink, fontSize: 13 }, formatter: tip, extraCssText: "box-shadow:0 2px 12px rgb(0 0 0 / .15);border-radius:4px;" },
    xAxis: { type: "time", min: stamp(data.span[0]) - WEEK, max: stamp(data.span[1]) + WEEK, axisLine: { onZero: true, lineStyle: { color: c.ink } }, axisTick: { show: false }, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: {
      type: "value", min: -Math.ceil(Math.max(most[0], levels[0])) - 0.4, max: Math.ceil(Math.max(most[1], levels[1])) + 0.4,
      axisLabel: { ...axisLabel, formatter: (v) => (Number.isInteger(v) ? String(Math.abs(v)) : "") }, splitLine: { lineStyle: { color: c.rule, opacity: 0.6 } }, minInterval: 1,
    },
    dataZoom: [
      { type: "slider", startValue: stamp(data.from), endValue: stamp(data.to) + (data.to === data.span[1] ? WEEK : DAY), minValueSpan: 4 * WEEK, height: 30, bottom: 6, left: narrow ? 26 : 34, right: 10, filterMode: "none", borderColor: c.rule, backgroundColor: "transparent", fillerColor: c.rule + "55", handleSize: "110%", handleStyle: { color: c.sheet, borderColor: c.soft }, moveHandleSize: 0, dataBackground: { lineStyle: { color: c.soft, width: 0.5 }, areaStyle: { color: c.rule } }, selectedDataBackground: { lineStyle: { color: c.soft, width: 0.5 }, areaStyle: { color: c.soft, opacity: 0.25 } }, textStyle: { color: c.soft, fontSize: 11 }, labelFormatter: (v) => words(v), brushSelect: true },
      { type: "inside", filterMode: "none", minValueSpan: 4 * WEEK, zoomOnMouseWheel: "ctrl", moveOnMouseMove: true, moveOnMouseWheel: false, preventDefaultMouseMove: false },
    ],
    series: [
      // The axis of time stands below; a line of its own carries the shading of phases and the turns.
      { id: "marks", type: "line", data: [], markArea: { silent: true, data: areas }, markLine: { symbol: "none", silent: true, data: turns, animation: false }, z: 1 },
      ...band("up", (r) => r[5], (r) => r[6] - r[5], c.upPale),
      // Stacked away from the axis, for only numbers of one sign are stacked on one another.
      ...band("down", (r) => -r[2], (r) => r[2] - r[3], c.downPale),
      drawn,
      line("up-level", (r) => r[4]),
      line("down-level", (r) => -r[1]),
      { id: "years", type: "line", xAxisIndex: 1, yAxisIndex: 1, data: [] },
    ],
  };
}

function full(c, narrow) {
  const made = options(c, narrow);
  // The days are written below everything, not along the zero line where acts stand.
  made.xAxis = [made.xAxis, { ...made.xAxis, position: "bottom", axisLine: { show: true, onZero: false, lineStyle: { color: c.rule } }, axisTick: { show: true, lineStyle: { color: c.soft } }, axisLabel: { show: true, color: c.soft, fontSize: 11, hideOverlap: true }, gridIndex: 0 }];
  made.yAxis = [made.yAxis, { type: "value", show: false, min: 0, max: 1 }];
  made.dataZoom.forEach((z) => { z.xAxisIndex = [0, 1]; });
  return made;
}

function open(id) {
  const link = document.createElement("a");
  const url = new URL(location.href);
  url.searchParams.set("act", id);
  link.href = `/acts/${encodeURIComponent(id)}`;
  window.htmx.ajax("GET", link.href, { target: "#evidence", select: "#evidence", swap: "outerHTML", push: url.pathname + url.search });
}

function choose(from, to) {
  const form = document.getElementById("filters");
  if (!form) return;
  const whole = from <= stamp(data.span[0]) && to >= stamp(data.span[1]);
  const next = [whole ? "" : iso(from), whole ? "" : iso(Math.min(to, stamp(data.span[1])))];
  if (next.join() === applied) return;
  applied = next.join();
  form.elements.from.value = next[0];
  form.elements.to.value = next[1];
  form.requestSubmit();
}

function zoomed() {
  const zoom = chart.getOption().dataZoom[0];
  choose(zoom.startValue, zoom.endValue);
}

function draw() {
  const c = colours();
  const narrow = host.clientWidth < 560;
  if (!chart) {
    host.replaceChildren();
    host.classList.add("live");
    page.classList.add("live-on");
    chart = window.echarts.init(host, null, { renderer: "svg" });
    let timer = 0;
    chart.on("datazoom", () => {
      clearTimeout(timer);
      timer = setTimeout(zoomed, 450);
    });
    chart.on("click", (event) => {
      if (event.seriesId === "blocks") {
        data.act = data.blocks[event.dataIndex][2];
        open(data.act);
        draw();
      } else if (event.seriesId === "bars") {
        const from = stamp(data.weeks[event.dataIndex][0]);
        choose(from, from + 6 * DAY);
      }
    });
  }
  const kept = chart.getOption();
  const made = full(c, narrow);
  if (kept && kept.dataZoom && kept.dataZoom.length) {
    made.dataZoom[0].startValue = kept.dataZoom[0].startValue;
    made.dataZoom[0].endValue = kept.dataZoom[0].endValue;
  }
  chart.setOption(made, true);
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", `Timeline of acts and levels from ${words(stamp(data.from))} to ${words(stamp(data.to))}. Every act is in the table of acts below.`);
}

function close(event) {
  const panel = document.getElementById("evidence");
  if (!panel || !panel.firstChild) return;
  event.preventDefault();
  const url = new URL(location.href);
  const id = url.searchParams.get("act");
  url.searchParams.delete("act");
  history.pushState({ htmx: true }, "", url);
  panel.replaceChildren();
  data.act = null;
  if (chart) draw();
  document.querySelectorAll("tr.open").forEach((row) => row.classList.remove("open"));
  const back = id && document.querySelector(`a.words[href="/acts/${CSS.escape(id)}"]`);
  if (back) back.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("a[data-close]")) close(event);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close(event);
});
document.addEventListener("change", (event) => {
  if (event.target.form && event.target.form.id === "filters") event.target.form.requestSubmit();
});
document.addEventListener("htmx:after:swap", () => {
  const id = new URL(location.href).searchParams.get("act");
  const title = document.getElementById("evidence-title");
  document.querySelectorAll("tr[data-act-row]").forEach((row) => row.classList.toggle("open", row.dataset.actRow === id));
  if (title && id && document.activeElement !== title && data.shownAct !== id) {
    data.shownAct = id;
    title.focus({ preventScroll: innerWidth > 1000 });
    document.querySelector(".side").scrollTop = 0;
  }
});

if (window.echarts) {
  draw();
  new ResizeObserver(() => chart && chart.resize()).observe(host);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  // On paper the still figure stands: it has no handles and fits the sheet.
  addEventListener("beforeprint", () => {
    if (!chart) return;
    chart.dispose();
    chart = null;
    host.classList.remove("live");
    host.innerHTML = still;
  });
  addEventListener("afterprint", draw);
}
