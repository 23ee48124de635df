// The map: regions, cities by people, hypothetical systems by region with their publicly claimed radius. No result by city,
// and no position: a system is drawn at the middle of its region.

import { json } from "./api.js";
import { named, number, t } from "./i18n.js";
import { theme } from "./charts.js";

const RADIUS_EARTH_KM = 6371.0088;
// Labels of cities that would fall onto each other, moved by hand: [dx, dy, anchor].
const MOVED = { Dnipro: [6, -7, "start"], Zaporizhzhya: [7, 12, "start"], "Kryvyy Rih": [-6, 12, "end"], Kyiv: [-8, -8, "end"], Kharkiv: [8, -6, "start"], Odesa: [-7, 12, "end"], Mykolayiv: [7, 11, "start"], Lviv: [0, -9, "middle"], Vinnytsya: [0, 15, "middle"] };
const LABELS = 9;
const outlines = new Map();

export async function geography(table) {
  if (!outlines.has(table)) outlines.set(table, json(`outlines/${table}`).then(turned, () => null));
  return outlines.get(table);
}

// A ring that winds the other way than d3 takes it would fill the globe.
function turned(made) {
  for (const one of made.regions.features) {
    const polygons = one.geometry.type === "Polygon" ? [one.geometry.coordinates] : one.geometry.coordinates;
    for (const polygon of polygons) {
      for (const ring of polygon) if (d3.geoArea({ type: "Polygon", coordinates: [ring] }) > 2 * Math.PI) ring.reverse();
    }
  }
  return made;
}

export function says(made) {
  const told = made.systems.map((one) => t("map.says", {
    n: one.count, system: named("system", one.system), radius: spoken(one.radius_km),
    regions: one.regions.map((row) => `${named("region", row.region)} ${row.count}`).join(", "),
  }));
  return `${told.join(" ")} ${t("map.caution")}`;
}

const spoken = (radius) => (radius ? `${number(radius[0])}${radius.length > 1 ? `–${number(radius.at(-1))}` : ""} km` : "–");

export function drawn(geo, made, width, colours = theme()) {
  const height = Math.round(width * 0.66);
  const projection = d3.geoConicConformal().parallels([46, 51]).rotate([-31, 0]).fitExtent([[4, 4], [width - 4, height - 4]], geo.regions);
  const path = d3.geoPath(projection);
  const svg = d3.create("svg").attr("xmlns", "http://www.w3.org/2000/svg").attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height).attr("role", "img").attr("aria-label", says(made)).attr("font-family", "system-ui, sans-serif").attr("font-size", 11);
  svg.append("g").selectAll("path").data(geo.regions.features).join("path").attr("d", path).attr("fill", colours.land).attr("stroke", colours.edge).attr("stroke-width", 0.8);
  systems(svg, made, projection, colours);
  cities(svg, geo.cities, projection, colours, width);
  return svg.node();
}

function systems(svg, made, projection, colours) {
  for (const one of made.systems) {
    for (const row of one.regions) {
      const [x, y] = projection([row.lon, row.lat]);
      const group = svg.append("g").attr("fill", colours.b).attr("stroke", colours.b);
      for (const radius of one.radius_km ? [one.radius_km.at(-1), one.radius_km[0]] : []) {
        const ring = d3.geoCircle().center([row.lon, row.lat]).radius((radius / RADIUS_EARTH_KM) * (180 / Math.PI))();
        group.append("path").attr("d", d3.geoPath(projection)(ring)).attr("fill-opacity", 0.14).attr("stroke-dasharray", "4,3").attr("stroke-width", 1.1);
      }
      group.append("rect").attr("x", x - 9).attr("y", y - 9).attr("width", 18).attr("height", 18).attr("rx", 4).attr("stroke", colours.paper).attr("stroke-width", 1.4);
      group.append("text").attr("x", x).attr("y", y + 4).attr("text-anchor", "middle").attr("font-weight", 700).attr("fill", colours.paper).attr("stroke", "none").text(row.count);
    }
  }
}

function cities(svg, all, projection, colours, width) {
  const size = d3.scaleSqrt([0, all[0]?.people ?? 1], [0, width < 480 ? 6 : 8]);
  const shown = all.slice(0, 60);
  svg.append("g").selectAll("circle").data(shown).join("circle").attr("cx", (one) => projection([one.lon, one.lat])[0]).attr("cy", (one) => projection([one.lon, one.lat])[1]).attr("r", (one) => Math.max(1.2, size(one.people))).attr("fill", colours.city).attr("fill-opacity", 0.65);
  const labels = svg.append("g").attr("fill", colours.ink).attr("stroke", colours.paper).attr("stroke-width", 3).attr("paint-order", "stroke").attr("stroke-linejoin", "round");
  for (const one of all.slice(0, width < 480 ? 5 : LABELS)) {
    const [x, y] = projection([one.lon, one.lat]);
    const [dx, dy, anchor] = MOVED[one.name.replace(/ \(.*/, "")] ?? [8, 4, "start"];
    labels.append("text").attr("x", x + dx).attr("y", y + dy).attr("text-anchor", anchor).text(named("city", one.name.replace(/ \(.*/, "")));
  }
}
