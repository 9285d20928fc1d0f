// What is measured in an open page. Each function runs inside of the page, and so knows nothing of the rest.

/**
 * What is laid out wrong, and every text of the fragment with its box. `bare` is the width of the cell without fragment,
 * `brand` the style of a link in the brand's colour.
 */
export function layout({ bare, level, brand }) {
  const faults = [];
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) faults.push(`the page is ${page.scrollWidth} pixels wide, the screen ${innerWidth}`);
  const begin = document.evaluate("//comment()[.=' begin ']", document, null, XPathResult.ANY_UNORDERED_NODE_TYPE).singleNodeValue;
  const cell = begin.parentElement;
  const width = cell.getBoundingClientRect().width;
  if (bare !== undefined && Math.abs(width - bare) > 0.5) faults.push(`the cell is ${width} pixels wide, without fragment ${bare}`);
  const root = begin.nextSibling?.nodeType === Node.ELEMENT_NODE ? begin.nextSibling : null;
  if (!root) return { width, faults, texts: [] };

  if (!root.lang || !root.dir) faults.push("the root has no language or direction");
  const landmarks = "main,header,footer,nav,aside,form,search,section,[role]";
  for (const found of root.querySelectorAll(landmarks)) faults.push(`a landmark of its own: ${found.outerHTML.slice(0, 80)}`);
  const edges = cell.getBoundingClientRect();
  const texts = [...root.querySelectorAll("h1,h2,h3,h4,h5,h6,p,a")].filter((it) => !it.querySelector("a"));
  for (const text of texts) {
    const name = `<${text.localName}> ${text.innerText.slice(0, 40)}`;
    const style = getComputedStyle(text);
    const box = text.getBoundingClientRect();
    if (/^h\d$/.test(text.localName) && text.localName !== `h${level}`) faults.push(`${name}: the level is not ${level}`);
    if (style.direction !== root.dir) faults.push(`${name}: is written ${style.direction}, the root ${root.dir}`);
    if (box.left < edges.left - 1 || box.right > edges.right + 1) faults.push(`${name}: stands out of its cell`);
    if (box.height < 8 || Number.parseFloat(style.fontSize) < 12) faults.push(`${name}: is too small to be read`);
  }
  const described = texts.map((text) => {
    const box = text.getBoundingClientRect();
    const place = { x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height };
    return { ...place, name: `<${text.localName}> ${text.innerText.slice(0, 40)}`, isBranded: text.getAttribute("style") === brand };
  });
  return { width, faults, texts: described };
}

/**
 * The contrast of each text as it was painted, from a picture of the page: of the most frequent colour in its box and the
 * one that differs most from it. So it knows what styles do not tell: colours that the mail program has turned round.
 */
export async function painted({ picture, scale, texts }) {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(image, 0, 0);
  const linear = (channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
  const luminance = (color) =>
    0.2126 * linear((color >> 16) / 255) + 0.7152 * linear(((color >> 8) & 255) / 255) + 0.0722 * linear((color & 255) / 255);
  const contrast = (one, two) => (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);

  return texts.map(({ x, y, width, height }) => {
    const { data } = canvas.getImageData(x * scale, y * scale, Math.ceil(width * scale), Math.ceil(height * scale));
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
      const color = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    const [background] = [...counts].reduce((most, it) => (it[1] > most[1] ? it : most));
    const behind = luminance(background);
    return { behind, contrast: Math.max(...[...counts.keys()].map((color) => contrast(luminance(color), behind))) };
  });
}
