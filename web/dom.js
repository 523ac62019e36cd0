// make makes an HTML element with properties, attributes and children. Properties and attributes
// that are undefined are left out, and so are falsy children.
export function make(tag, { attributes = {}, ...properties } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) if (value !== undefined) element[name] = value;
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.filter(Boolean));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

// icon makes a picture of an arrow that points up from a tray.
export function icon() {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M4 15.5v2A2.5 2.5 0 0 0 6.5 20h11a2.5 2.5 0 0 0 2.5-2.5v-2");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}
