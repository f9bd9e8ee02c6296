/* The picture of the ways into a programme. The table below it says the same, so without script nothing is missing. */
"use strict";
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const draw = (place) => {
    const data = JSON.parse(place.dataset.pathways);
    const rows = Math.max(...[0, 1].map((depth) => data.nodes.filter((node) => node.depth === depth).length));
    const tones = [colour("--teng"), colour("--qing"), colour("--lan")];
    place.style.height = `${Math.max(260, rows * 30)}px`;
    place.style.minWidth = "44rem";
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({
      animation: false,
      series: [{
        type: "sankey", left: 8, right: 190, top: 8, bottom: 8, nodeGap: 12, nodeWidth: 12, draggable: false, emphasis: { focus: "adjacency" },
        data: data.nodes.map((node) => ({
          name: node.name, depth: node.depth, itemStyle: { color: tones[node.depth] },
          label: { formatter: () => node.label, color: colour("--ink"), fontSize: 13, width: 230, overflow: "truncate" },
        })),
        links: data.links,
        lineStyle: { color: colour("--hui"), opacity: 0.25 },
      }],
    });
    addEventListener("resize", () => chart.resize());
  };
  for (const place of document.querySelectorAll("[data-pathways]")) draw(place);
})();
