import { groups, median, type Row } from "./report.ts";

const WIDTH = 900;
const LEFT = 230;
const BAR = 15;
const COLOURS: Readonly<Record<string, string>> = { rcm: "#1a7f37", floor: "#8c959f", limit: "#afb8c1" };

/** Bars of the wall times on a logarithmic scale, as SVG. */
export function chart(rows: readonly Row[]): string {
  const walls = rows.map(({ costs }) => median(costs.map(({ wall }) => wall)));
  const [low, high] = [Math.min(...walls) / 1.5, Math.max(...walls) * 1.3];
  const x = (seconds: number): number =>
    LEFT + ((Math.log(seconds) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (WIDTH - LEFT - 70);
  let y = 10;
  const parts: string[] = [];
  for (const group of groups(rows)) {
    const { workload, title, rtt } = group[0] as Row;
    parts.push(text(10, y + 14, `${workload}: ${title}, RTT ${rtt} ms`, "bold"));
    y += 20;
    for (const { tool, costs } of group) {
      const wall = median(costs.map((cost) => cost.wall));
      const width = (x(wall) - LEFT).toFixed(1);
      parts.push(text(LEFT - 8, y + 12, tool, "end"));
      parts.push(
        `<rect x="${LEFT}" y="${y + 1}" width="${width}" height="${BAR - 2}" fill="${COLOURS[tool] ?? "#0969da"}"/>`,
      );
      parts.push(text(x(wall) + 5, y + 12, `${wall.toFixed(2)} s`));
      y += BAR;
    }
    y += 12;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>\n${parts.join("\n")}\n</svg>\n`;
}

function text(x: number, y: number, words: string, look = ""): string {
  const style = look === "bold" ? ' font-weight="bold"' : look === "end" ? ' text-anchor="end"' : "";
  return `<text x="${x.toFixed(1)}" y="${y}"${style}>${words.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;
}
