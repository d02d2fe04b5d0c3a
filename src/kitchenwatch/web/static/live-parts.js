// Exchanges the parts of a page that a newer copy of it shows otherwise; `data-live` names them.

// Pictures come first, so that nothing flickers.
async function loaded(part) {
  await Promise.allSettled([...part.querySelectorAll("img")].map((image) => image.decode()));
  return part;
}

async function exchangePart(old, part) {
  if (!part || part.outerHTML === old.outerHTML) return;
  const fresh = await loaded(document.importNode(part, true));
  const href = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceWith(fresh);
  if (href) fresh.querySelector(`[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
}

export function exchange(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    exchangePart(old, page.querySelector(`[data-live="${old.dataset.live}"]`));
  }
}
