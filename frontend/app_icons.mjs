// Draws the application's icon as PNG files, for phones that take no SVG. The shapes are those of img/app-icon.svg.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

const BOX = 64;
const GROUND = [0xa8, 0x58, 0x2f];
const INK = [0xff, 0xf8, 0xf1];
const MOVE = { x: 14.5, y: 15, scale: 1.06 };
const CENTRE = { x: 14, y: 16 };
const RING = { radius: 10.6, half: 1.35, from: -100, to: 188 };
const DOT = 5.9;
const HANDLE = { from: 25.5, to: 29.5, half: 1.8 };
const CORNER = 14;
const FILES = [
  ["icon-192.png", 192, true],
  ["icon-512.png", 512, true],
  ["maskable-192.png", 192, false],
  ["maskable-512.png", 512, false],
  ["apple-touch-icon.png", 180, false],
];

const clamp = (value) => Math.min(1, Math.max(0, value));
const onRing = (degrees) => {
  const angle = (degrees * Math.PI) / 180;
  return { x: CENTRE.x + RING.radius * Math.cos(angle), y: CENTRE.y + RING.radius * Math.sin(angle) };
};
const ENDS = [onRing(RING.from), onRing(RING.to)];

/** How far a point is outside the cup seen from above: negative inside. */
function toCup(x, y) {
  const [dx, dy] = [x - CENTRE.x, y - CENTRE.y];
  const away = Math.hypot(dx, dy);
  let degrees = (Math.atan2(dy, dx) * 180) / Math.PI;
  if (degrees < RING.from) degrees += 360;
  const arc = degrees <= RING.to ? Math.abs(away - RING.radius) : Math.min(...ENDS.map((end) => Math.hypot(x - end.x, y - end.y)));
  const along = Math.min(HANDLE.to, Math.max(HANDLE.from, x));
  const handle = Math.hypot(x - along, y - CENTRE.y) - HANDLE.half;
  return Math.min(arc - RING.half, away - DOT, handle);
}

/** How far a point is outside the rounded square. */
function toSquare(x, y) {
  const reach = BOX / 2 - CORNER;
  const [dx, dy] = [Math.abs(x - BOX / 2) - reach, Math.abs(y - BOX / 2) - reach];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - CORNER;
}

function pixels(size, isRounded) {
  const unit = BOX / size;
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const [x, y] = [(column + 0.5) * unit, (row + 0.5) * unit];
      const far = toCup((x - MOVE.x) / MOVE.scale, (y - MOVE.y) / MOVE.scale) * MOVE.scale;
      const ink = clamp(0.5 - far / unit);
      const at = row * (size * 4 + 1) + 1 + column * 4;
      GROUND.forEach((ground, channel) => { rows[at + channel] = Math.round(ground + (INK[channel] - ground) * ink); });
      rows[at + 3] = isRounded ? Math.round(255 * clamp(0.5 - toSquare(x, y) / unit)) : 255;
    }
  }
  return rows;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, number) => {
  let crc = number;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc >>> 0;
});
const checksum = (bytes) => (bytes.reduce((crc, byte) => TABLE[(crc ^ byte) & 255] ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

function chunk(name, content) {
  const body = Buffer.concat([Buffer.from(name, "ascii"), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length, 0);
  ends.writeUInt32BE(checksum(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

function png(size, isRounded) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const packed = deflateSync(pixels(size, isRounded), { level: 9 });
  return Buffer.concat([start, chunk("IHDR", head), chunk("IDAT", packed), chunk("IEND", Buffer.alloc(0))]);
}

/** Write all sizes into a folder. */
export function appIcons(folder) {
  for (const [name, size, isRounded] of FILES) writeFileSync(join(folder, name), png(size, isRounded));
}
