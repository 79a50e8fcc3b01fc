/* Draws the charts of the server anew: values under the pointer, by touch and by arrow keys, and a brush that selects a
   period. Without this script, the pictures of the server stay. Needs uPlot (uplot.js). */
"use strict";
(() => {
  const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [1, 5]];
  const MIN_BRUSH_PX = 6;
  const narrow = 480;
  const drawn = [];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function shown(chart, value) {
    if (value === null || value === undefined) return "–";
    if (!chart.share) return value.toLocaleString("en");
    const percent = 100 * value;
    return `${percent >= 10 || percent === Math.round(percent) ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
  }

  function day(iso) {
    return new Date(`${iso}T00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  }

  function address(chart, first, last) {
    const url = new URL(chart.brush, location.href);
    url.searchParams.set("since", chart.since[first]);
    url.searchParams.set("until", chart.until[last]);
    url.searchParams.delete("cursor");
    return url.href;
  }

  function lineOf(number) {
    return {
      stroke: () => colour(`--s${number}`),
      width: 2,
      dash: DASHES[number],
      points: { show: (plot) => plot.data[0].length < 40, size: 5, fill: () => colour(`--s${number}`) },
    };
  }

  function barsOf() {
    return {
      stroke: () => colour("--bar"),
      fill: () => colour("--bar"),
      width: 0,
      paths: uPlot.paths.bars({ size: [0.8, 60] }),
      points: { show: false },
    };
  }

  function options(chart, width, height, hooks) {
    const many = chart.series.length > 1;
    const axis = { stroke: () => colour("--soft"), font: `12px ${colour("--sans")}`, ticks: { show: false } };
    const ticks = width < narrow ? chart.ticks.filter((tick) => !tick[2]) : chart.ticks;
    const texts = new Map(ticks.map(([place, text]) => [place, text]));
    const values = new Map(chart.values);
    const top = chart.values[chart.values.length - 1][0];
    return {
      width,
      height,
      legend: { show: false },
      padding: [10, 12, 0, 0],
      scales: { x: { time: false, range: [-0.5, chart.texts.length - 0.5] }, y: { range: [0, top] } },
      cursor: {
        y: false,
        points: { show: many },
        drag: { x: Boolean(chart.brush), y: false, setScale: false },
      },
      axes: [
        {
          ...axis,
          size: 26,
          gap: 6,
          grid: { show: false },
          splits: () => ticks.map((tick) => tick[0]),
          values: (_, places) => places.map((place) => texts.get(place)),
        },
        {
          ...axis,
          size: 12 + 7 * Math.max(...chart.values.map(([, text]) => text.length)),
          gap: 6,
          grid: { stroke: () => colour("--line"), width: 1 },
          splits: () => chart.values.map(([value]) => value),
          values: (_, splits) => splits.map((value) => values.get(value)),
        },
      ],
      series: [{}, ...chart.series.map((one, number) => (many ? lineOf(number) : barsOf()))],
      hooks,
    };
  }

  /* The box with the values of one period. It is part of the page, so touch reaches its link and its button: with a
     finger, a period begins at one place and ends at another one. */
  function tipOf(figure, chart, begin) {
    const tip = element("div", "tip");
    tip.hidden = true;
    function brushed(place, anchor, by) {
      const [first, last] = anchor < 0 ? [place, place] : [Math.min(place, anchor), Math.max(place, anchor)];
      const link = element("a", "", first === last ? "Show them" : `Show ${day(chart.since[first])} to ${day(chart.until[last])}`);
      link.href = address(chart, first, last);
      link.tabIndex = -1;
      tip.append(link);
      if (by === "touch" && anchor < 0) {
        const button = element("button", "", "Begin here");
        button.type = "button";
        button.tabIndex = -1;
        button.addEventListener("click", () => begin(place));
        tip.append(button);
      } else if (by === "touch" && first === last) tip.append(element("span", "hint", "Now touch where the period ends"));
      else if (by === "keys" && anchor < 0) tip.append(element("span", "hint", "Shift and arrows: a period. Enter: show it"));
    }
    return {
      node: tip,
      show(plot, place, anchor, by) {
        tip.replaceChildren(element("strong", "", chart.texts[place]));
        chart.series.forEach((one, number) => {
          const line = element("span", "tip-line");
          if (chart.series.length > 1) {
            const key = figure.querySelectorAll(".keys .key")[number];
            if (key) line.append(key.cloneNode(true));
            line.append(element("bdi", "", one.label), " ");
          }
          line.append(element("b", "", shown(chart, one.values[place])), chart.share ? "" : ` ${chart.unit}`);
          tip.append(line);
        });
        if (chart.brush) brushed(place, anchor, by);
        tip.hidden = false;
        const left = plot.valToPos(place, "x") + plot.over.offsetLeft;
        const room = figure.clientWidth - tip.offsetWidth;
        tip.style.left = `${Math.max(0, Math.min(left - tip.offsetWidth / 2, room))}px`;
      },
      hide() { tip.hidden = true; },
    };
  }

  function draw(figure) {
    const chart = JSON.parse(figure.dataset.chart);
    const plain = figure.querySelector(".plain-chart");
    const last = chart.texts.length - 1;
    const box = element("div", "drawn-chart");
    const tip = tipOf(figure, chart, (place) => { anchor = place; select(place, place); tip.show(plot, place, anchor, by); });
    let current = -1;
    let anchor = -1;
    let by = "mouse";
    box.tabIndex = 0;
    for (const [name, value] of Object.entries({
      role: "slider", "aria-label": chart.label, "aria-valuemin": 0, "aria-valuemax": last, "aria-valuenow": last,
      "aria-valuetext": chart.texts[last], "aria-orientation": "horizontal",
      ...(chart.brush ? { "aria-description": "Shift and arrow keys choose a period, Enter shows it" } : {}),
    })) box.setAttribute(name, value);

    const hooks = {
      setCursor: [(plot) => {
        const place = plot.cursor.idx;
        if (place === null || place === undefined || plot.cursor.left < 0) {
          if (by !== "touch") tip.hide();  // a finger that goes to the link in the tip has left the chart
          return;
        }
        if (by === "touch" && anchor >= 0) select(anchor, place);
        tip.show(plot, place, anchor, by);
      }],
      setSelect: [(plot) => {
        const { left, width } = plot.select;
        if (!chart.brush || width < MIN_BRUSH_PX || plot.fromKeys) return;
        const at = (px) => Math.min(last, Math.max(0, Math.round(plot.posToVal(px, "x"))));
        location.assign(address(chart, at(left), at(left + width)));
      }],
    };
    const size = () => [figure.clientWidth, plain.clientHeight || 180];
    const [width, height] = size();
    figure.insertBefore(tip.node, plain);
    figure.insertBefore(box, plain);
    const data = [chart.texts.map((_, place) => place), ...chart.series.map((one) => one.values)];
    const plot = new uPlot(options(chart, width, height, hooks), data, box);
    plain.hidden = true;
    figure.classList.add("is-drawn");

    function select(from, to) {
      const [low, high] = [Math.min(from, to), Math.max(from, to)];
      const left = plot.valToPos(low - 0.5, "x");
      plot.fromKeys = true;
      plot.setSelect({ left, width: plot.valToPos(high + 0.5, "x") - left, top: 0, height: plot.over.clientHeight });
      plot.fromKeys = false;
    }
    function go(place) {
      current = Math.min(last, Math.max(0, place));
      plot.setCursor({ left: plot.valToPos(current, "x"), top: 10 });
      const values = chart.series.map((one) => `${one.label} ${shown(chart, one.values[current])}`).join(", ");
      box.setAttribute("aria-valuenow", current);
      box.setAttribute("aria-valuetext", `${chart.texts[current]}: ${values}`);
    }
    box.addEventListener("keydown", (event) => {
      by = "keys";
      const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 7, PageDown: -7 };
      const from = current < 0 ? last + 1 : current;
      if (event.key in steps) {
        if (!event.shiftKey) anchor = -1;
        else if (anchor < 0) anchor = Math.min(from, last);
        go(from + steps[event.key]);
      } else if (event.key === "Home") go(0);
      else if (event.key === "End") go(last);
      else if (event.key === "Escape") { anchor = -1; select(0, -1); tip.hide(); return; }
      else if (event.key === "Enter" && chart.brush && current >= 0) {
        const start = anchor < 0 ? current : anchor;
        location.assign(address(chart, Math.min(start, current), Math.max(start, current)));
        return;
      } else return;
      event.preventDefault();
      if (anchor >= 0) select(anchor, current);
      else select(0, -1);
    });
    box.addEventListener("blur", () => { if (by === "keys") tip.hide(); });
    /* uPlot knows the mouse only. A finger shows values; the page still scrolls up and down (touch-action: pan-y). */
    function follow(event) {
      by = event.pointerType === "mouse" ? "mouse" : "touch";
      if (by === "mouse") return;
      const left = event.clientX - plot.over.getBoundingClientRect().left;
      plot.setCursor({ left: Math.min(plot.over.clientWidth, Math.max(0, left)), top: 10 });
    }
    plot.over.addEventListener("pointerdown", follow);
    plot.over.addEventListener("pointermove", follow);
    /* After a touch, browsers tell of a click of a mouse, too, at which uPlot forgets the selection. */
    plot.over.addEventListener("click", () => {
      if (by === "touch" && anchor >= 0) select(anchor, plot.cursor.idx);
    });
    document.addEventListener("pointerdown", (event) => {
      if (figure.contains(event.target)) return;
      anchor = -1;
      select(0, -1);
      tip.hide();
    });
    tip.node.addEventListener("pointerdown", (event) => event.stopPropagation());

    drawn.push({ figure, plot, redraw: () => plot.redraw(false, true) });
    new ResizeObserver(() => {
      if (Math.abs(figure.clientWidth - plot.width) < 1 || !figure.clientWidth) return;
      const remade = options(chart, figure.clientWidth, plot.height, hooks);
      plot.axes[0].splits = remade.axes[0].splits;
      plot.axes[0].values = remade.axes[0].values;
      plot.setSize({ width: figure.clientWidth, height: plot.height });
    }).observe(figure);
  }

  function start() {
    for (const figure of document.querySelectorAll(".timechart[data-chart]")) {
      try { draw(figure); } catch (error) { console.error(error); }
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((one) => one.redraw()));
  }
  if (window.uPlot) start();
})();
